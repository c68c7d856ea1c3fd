use serde_json::{Value, json};

use crate::{
    program::{Program, site},
    wire::{ask, get},
};

#[tokio::test]
async fn files_come_with_their_types_and_a_policy() {
    let (_folder, page, models) = site();
    let program = Program::start(&page, &models, &[]);
    assert_eq!(program.cloud, None);
    for (path, kind) in [
        ("", "text/html; charset=utf-8"),
        ("index.html", "text/html; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("app_bg.wasm", "application/wasm"),
        ("models/tiny.gguf", "application/octet-stream"),
    ] {
        let answer = get(&format!("{}{path}", program.page)).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(kind), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.starts_with("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"));
        let allows_inline = policy.contains("'sha256-");
        assert_eq!(
            allows_inline,
            kind.starts_with("text/html"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }
}

#[tokio::test]
async fn the_policy_can_be_tightened() {
    let (_folder, page, models) = site();
    let open = Program::start(&page, &models, &[]);
    let closed = Program::start(&page, &models, &["--connect-src", ""]);
    let policy = async |program: &Program| {
        let answer = get(&program.page).await;
        answer.header("content-security-policy").map(str::to_owned)
    };
    let allows_any = "connect-src 'self' https: http://127.0.0.1:* http://localhost:*;";
    assert!(
        policy(&open)
            .await
            .is_some_and(|policy| policy.contains(allows_any))
    );
    assert!(
        policy(&closed)
            .await
            .is_some_and(|policy| policy.contains("connect-src 'self';"))
    );
}

#[tokio::test]
async fn only_a_browser_on_its_way_to_a_page_gets_the_page_for_an_unknown_address() {
    let (_folder, page, models) = site();
    let program = Program::start(&page, &models, &[]);
    let at = |path: &str| format!("{}{path}", program.page);
    let navigation = ask(
        "GET",
        &at("settings/budget"),
        &[("accept", "text/html,*/*")],
    )
    .await;
    assert_eq!(
        (navigation.status, navigation.body.contains("Weir")),
        (200, true)
    );
    for path in [
        "missing.wasm",
        "settings/budget",
        "models/missing.gguf",
        "../secret",
        "..%2Fsecret",
    ] {
        assert_eq!(
            ask("GET", &at(path), &[("accept", "*/*")]).await.status,
            404,
            "{path}"
        );
    }
    let outside = ask("GET", &at("../secret"), &[("accept", "text/html")]).await;
    assert!(!outside.body.contains("secret"));
    assert_eq!(ask("POST", &program.page, &[]).await.status, 405);
}

#[tokio::test]
async fn what_the_asker_has_is_not_sent_again() {
    let (_folder, page, models) = site();
    let program = Program::start(&page, &models, &[]);
    let url = format!("{}app.js", program.page);
    let first = get(&url).await;
    let tag = first.header("etag").expect("a tag");
    let again = ask("GET", &url, &[("if-none-match", tag)]).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    std::fs::write(page.join("app.js"), "export default 22;").expect("a file");
    let changed = ask("GET", &url, &[("if-none-match", tag)]).await;
    assert_eq!(
        (changed.status, changed.body.as_str()),
        (200, "export default 22;")
    );
}

#[tokio::test]
async fn a_download_can_go_on_where_it_stopped() {
    let (_folder, page, models) = site();
    let program = Program::start(&page, &models, &[]);
    let url = format!("{}models/tiny.gguf", program.page);
    let whole = get(&url).await;
    assert_eq!(whole.header("content-length"), Some("10"));
    assert_eq!(whole.header("accept-ranges"), Some("bytes"));
    let tag = whole.header("etag").expect("a tag");
    let rest = ask("GET", &url, &[("range", "bytes=4-"), ("if-range", tag)]).await;
    assert_eq!((rest.status, rest.body.as_str()), (206, "456789"));
    assert_eq!(rest.header("content-range"), Some("bytes 4-9/10"));
    assert_eq!(rest.header("content-length"), Some("6"));
    let other = ask(
        "GET",
        &url,
        &[("range", "bytes=4-"), ("if-range", "\"old\"")],
    )
    .await;
    assert_eq!((other.status, other.body.as_str()), (200, "0123456789"));
    let beyond = ask("GET", &url, &[("range", "bytes=10-")]).await;
    assert_eq!(
        (beyond.status, beyond.header("content-range")),
        (416, Some("bytes */10"))
    );
    let head = ask("HEAD", &url, &[]).await;
    assert_eq!(
        (
            head.status,
            head.header("content-length"),
            head.body.as_str()
        ),
        (200, Some("10"), "")
    );
}

#[tokio::test]
async fn weir_json_names_what_is_there_whatever_the_page_folder_holds() {
    let (_folder, page, models) = site();
    let program = Program::start(&page, &models, &[]);
    let answer = get(&format!("{}weir.json", program.page)).await;
    let config: Value = serde_json::from_str(&answer.body).expect("JSON");
    let model =
        json!({"name": "tiny.gguf", "file": "tiny.gguf", "url": "/models/tiny.gguf", "bytes": 10});
    assert_eq!(config, json!({"models": [model], "cloud": null}));
}
