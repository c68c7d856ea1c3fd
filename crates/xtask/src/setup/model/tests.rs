//! The fetch against a real server on the loopback, with the real curl.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::*;

/// A file server for one body. It remembers the first byte that each request asked for.
struct Server {
    url: String,
    asked_from: Arc<Mutex<Vec<u64>>>,
}

impl Server {
    /// Answers ranges if `ranges`, and hangs up after `cut` bytes of the first answer.
    fn new(body: Vec<u8>, ranges: bool, cut: Option<usize>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}/model.gguf", listener.local_addr().unwrap());
        let asked_from = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked_from);
        thread::spawn(move || {
            let mut cut = cut;
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let from = first_byte(&stream);
                // Written down before the answer, which the test may be quicker to read.
                log.lock().unwrap().push(from as u64);
                answer(stream, &body, from, ranges, cut.take());
            }
        });
        Self { url, asked_from }
    }

    fn asked_from(&self) -> Vec<u64> {
        self.asked_from.lock().unwrap().clone()
    }
}

/// Where a request wants to begin.
fn first_byte(stream: &TcpStream) -> usize {
    let head = BufReader::new(stream)
        .lines()
        .map(|line| line.unwrap().to_lowercase())
        .take_while(|line| !line.is_empty())
        .collect::<Vec<_>>();
    let asked = |line: &String| {
        line.strip_prefix("range: bytes=")?
            .strip_suffix('-')?
            .parse()
            .ok()
    };
    head.iter().find_map(asked).unwrap_or(0)
}

fn answer(mut stream: TcpStream, body: &[u8], from: usize, ranges: bool, cut: Option<usize>) {
    let (status, sent) = match from {
        0 => ("200 OK".to_owned(), body),
        _ if !ranges => ("200 OK".to_owned(), body),
        _ => {
            let (total, last) = (body.len(), body.len() - 1);
            let status = "206 Partial Content\r\nContent-Range: bytes";
            (format!("{status} {from}-{last}/{total}"), &body[from..])
        }
    };
    let length = sent.len();
    // The client may hang up first: that is its right.
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    let _ = stream.write_all(&sent[..cut.unwrap_or(length).min(length)]);
}

/// A folder that is gone when the test is over. Its name has a space, as a home folder may.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("weir xtask {name} {}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn body() -> Vec<u8> {
    (0..300_000_u32).flat_map(u32::to_le_bytes).collect()
}

fn hash(body: &[u8]) -> String {
    format!("{:x}", Sha256::digest(body))
}

fn model(body: &[u8], urls: &[&str]) -> Model {
    Model {
        name: "Test model".to_owned(),
        file: "model.gguf".to_owned(),
        bytes: body.len() as u64,
        sha256: hash(body),
        sources: urls
            .iter()
            .map(|url| Source::Http {
                url: (*url).to_owned(),
            })
            .collect(),
    }
}

fn fetch(folder: &Folder, model: &Model) -> Result<PathBuf, ModelError> {
    fetch_into(&folder.0, model, &Places::find().unwrap())
}

#[test]
fn a_model_is_fetched_once() {
    let (folder, body) = (Folder::new("once"), body());
    let server = Server::new(body.clone(), true, None);
    let model = model(&body, &[&server.url]);
    let file = fetch(&folder, &model).unwrap();
    assert_eq!(fs::read(&file).unwrap(), body);
    fetch(&folder, &model).unwrap();
    assert_eq!(server.asked_from(), [0]);
}

#[test]
fn a_broken_download_goes_on_where_it_stopped() {
    let (folder, body) = (Folder::new("resume"), body());
    let server = Server::new(body.clone(), true, Some(500_000));
    let model = model(&body, &[&server.url]);
    let broken = fetch(&folder, &model).unwrap_err().to_string();
    assert!(broken.contains("no source had the model"), "{broken}");
    let file = fetch(&folder, &model).unwrap();
    assert_eq!(fs::read(&file).unwrap(), body);
    assert_eq!(server.asked_from(), [0, 500_000]);
}

#[test]
fn a_server_without_ranges_is_asked_from_the_start() {
    let (folder, body) = (Folder::new("whole"), body());
    fs::write(folder.0.join("model.gguf.part"), &body[..1000]).unwrap();
    let server = Server::new(body.clone(), false, None);
    let file = fetch(&folder, &model(&body, &[&server.url])).unwrap();
    assert_eq!(fs::read(&file).unwrap(), body);
    assert_eq!(server.asked_from(), [1000, 0]);
}

#[test]
fn a_wrong_hash_is_refused_and_deleted() {
    let (folder, body) = (Folder::new("hash"), body());
    let mut other = body.clone();
    other[7] ^= 1;
    let server = Server::new(other.clone(), true, None);
    let refused = fetch(&folder, &model(&body, &[&server.url])).unwrap_err();
    let message = refused.to_string();
    assert!(message.contains(&hash(&body)), "{message}");
    assert!(message.contains(&hash(&other)), "{message}");
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0);
}

#[test]
fn a_damaged_file_in_the_cache_is_fetched_again() {
    let (folder, body) = (Folder::new("damaged"), body());
    fs::write(folder.0.join("model.gguf"), vec![0; body.len()]).unwrap();
    let server = Server::new(body.clone(), true, None);
    let file = fetch(&folder, &model(&body, &[&server.url])).unwrap();
    assert_eq!(fs::read(&file).unwrap(), body);
}

#[test]
fn the_next_source_is_asked_when_one_fails() {
    let (folder, body) = (Folder::new("next"), body());
    let gone = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let dead = format!("http://{}/model.gguf", gone.local_addr().unwrap());
    drop(gone);
    let mut wrong = body.clone();
    wrong.truncate(1000);
    let short = Server::new(wrong, true, None);
    let good = Server::new(body.clone(), true, None);
    let file = fetch(&folder, &model(&body, &[&dead, &short.url, &good.url])).unwrap();
    assert_eq!(fs::read(&file).unwrap(), body);
    assert_eq!(good.asked_from(), [0]);
}

#[test]
fn when_nothing_works_every_source_says_why() {
    let (folder, body) = (Folder::new("nothing"), body());
    let gone = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let dead = format!("http://{}/model.gguf", gone.local_addr().unwrap());
    drop(gone);
    let message = fetch(&folder, &model(&body, &[&dead]))
        .unwrap_err()
        .to_string();
    assert!(message.contains(&dead), "{message}");
    assert!(message.contains("Test model"), "{message}");
}
