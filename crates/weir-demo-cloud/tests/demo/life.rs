use std::{net::TcpListener, process::Command};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::program::{Program, backend, command, site};

fn complaint(command: &mut Command) -> String {
    let output = command.output().expect("the program starts");
    assert!(!output.status.success());
    assert!(output.stdout.is_empty(), "only readiness is said on stdout");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_port_in_use_is_named_with_what_to_do() {
    let (_folder, page, models) = site();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let said = complaint(command(&page, &models).args(["--page-port", &port]));
    assert!(
        said.contains(&port) && said.contains("--page-port"),
        "{said}"
    );
}

#[test]
fn a_folder_without_a_page_is_named() {
    let (folder, _, models) = site();
    let said = complaint(command(folder.path(), &models).args(["--page-port", "0"]));
    assert!(said.contains("index.html"), "{said}");
}

#[test]
fn what_cannot_answer_is_named() {
    let (_folder, page, models) = site();
    let tiny = models.join("tiny.gguf").display().to_string();
    let run = |model: &str, python: &str| {
        let arguments = ["--page-port", "0", "--model", model, "--python", python];
        complaint(command(&page, &models).args(arguments))
    };
    assert!(run("/nowhere.gguf", "python3").contains("/nowhere.gguf"));
    assert!(run(&tiny, "/nowhere/python").contains("/nowhere/python"));
    if let Some([_, python]) = backend() {
        let said = run(&tiny, &python.display().to_string());
        assert!(
            said.contains("cannot load") && said.contains(&tiny),
            "{said}"
        );
    }
}

#[test]
fn it_ends_cleanly_when_asked() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let (_folder, page, models) = site();
        let mut program = Program::start(&page, &models, &[]);
        kill(pid(program.child.id()), signal).expect("it runs");
        let status = program.child.wait().expect("it ends");
        assert!(status.success(), "{signal}: {status}");
    }
}

/// Also where nothing is left to clean up: the server behind the gateway notices by itself.
#[cfg(target_os = "linux")]
#[test]
fn the_server_behind_it_ends_with_it_even_if_it_is_killed() {
    let Some(backend) = backend() else { return };
    let [model, python] = backend.map(|path| path.display().to_string());
    let (_folder, page, models) = site();
    for signal in [Signal::SIGTERM, Signal::SIGKILL] {
        let arguments = ["--model", model.as_str(), "--python", python.as_str()];
        let mut program = Program::start(&page, &models, &arguments);
        let children = format!("/proc/{0}/task/{0}/children", program.child.id());
        let server: u32 = std::fs::read_to_string(children)
            .expect("a list")
            .trim()
            .parse()
            .expect("one child");
        kill(pid(program.child.id()), signal).expect("it runs");
        program.child.wait().expect("it ends");
        while is_running(server) {
            std::thread::yield_now();
        }
    }
}

#[cfg(target_os = "linux")]
fn is_running(process: u32) -> bool {
    // One that ended and was not waited for is a zombie, "Z".
    std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| {
        !stat
            .rsplit(')')
            .next()
            .is_some_and(|rest| rest.trim().starts_with('Z'))
    })
}

fn pid(id: u32) -> Pid {
    Pid::from_raw(i32::try_from(id).expect("a process id"))
}
