use std::{fs, path::Path};

use weir_lab::shipped::load;

use crate::{Folder, suite::POLICY};

#[test]
fn what_is_not_a_policy_of_this_build_is_refused_by_file_and_field() {
    let folder = Folder::new("shipped");
    let (weights, spec) = (
        folder.path().join("policy.bpk"),
        folder.path().join("policy.json"),
    );
    let shipped = fs::read_to_string(Path::new(POLICY).join("policy.json")).unwrap();
    let refused = |what: &str| {
        let message = load(folder.path()).unwrap_err().to_string();
        assert!(message.contains(what), "{what} is not in “{message}”");
    };
    refused("policy.json");
    fs::write(&spec, &shipped).unwrap();
    refused("policy.bpk");
    fs::copy(Path::new(POLICY).join("policy.bpk"), &weights).unwrap();
    load(folder.path()).unwrap();
    for (from, to, what) in [
        ("\"features\": ", "\"features\": 9", "policy.json: features"),
        ("\"burn\": \"", "\"burn\": \"9", "policy.json: burn"),
        (
            "\"hidden\": ",
            "\"hidden\": 99",
            "policy.json: state, action, hidden",
        ),
        ("{", "", "policy.json: the description"),
    ] {
        fs::write(&spec, shipped.replacen(from, to, 1)).unwrap();
        refused(what);
    }
    fs::write(&spec, &shipped).unwrap();
    fs::write(&weights, [1, 2, 3]).unwrap();
    refused("policy.bpk: the weights");
}
