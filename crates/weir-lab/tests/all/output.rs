use std::fs;

use weir_lab::output::write;

use crate::Folder;

#[test]
fn all_files_are_written_or_none_and_nothing_is_left_half_done() {
    let folder = Folder::new("output");
    let out = folder.path().join("new");
    write(&out, &[("a", b"1".to_vec()), ("b", b"2".to_vec())]).unwrap();
    assert_eq!(fs::read(out.join("a")).unwrap(), b"1");
    fs::create_dir(out.join(".b.unfinished")).unwrap();
    let error = write(&out, &[("a", b"3".to_vec()), ("b", b"4".to_vec())]).unwrap_err();
    assert!(error.to_string().contains(".b.unfinished"));
    assert_eq!(
        fs::read(out.join("a")).unwrap(),
        b"1",
        "what was there before stays"
    );
    assert!(!out.join(".a.unfinished").exists());
}
