//! What was asked on the command line.

use lexopt::Arg::{Long, Short, Value};
use lexopt::{Parser, ValueExt};

use crate::bench::{Bench, EngineOptions, OverheadOptions, QualityOptions};
use crate::page::Profile;
use crate::test::Group;

/// The port of `cargo xtask run`, unless told otherwise.
const PORT: u16 = 8080;
/// How often `cargo xtask bench engine` asks every engine, and tokens of an answer; and when in haste.
const ROUNDS: usize = 5;
const TOKENS: usize = 64;
const QUICK: (usize, usize) = (1, 16);
/// Turns that `cargo xtask bench overhead` sends.
const TURNS: usize = 40;

/// One command with all that belongs to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help(&'static str),
    Run(RunOptions),
    Test(Vec<Group>),
    Bench(Bench),
    Dist,
    Setup,
}

/// How the page is to be built and served.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RunOptions {
    pub(crate) port: u16,
    pub(crate) cloud: bool,
    pub(crate) profile: Profile,
    pub(crate) check: bool,
}

/// Reads the command line.
pub(crate) fn parse(mut arguments: Parser) -> Result<Command, lexopt::Error> {
    match arguments.next()? {
        None | Some(Short('h') | Long("help")) => Ok(Command::Help(HELP)),
        Some(Value(name)) => match name.string()?.as_str() {
            "run" => run(arguments),
            "test" => test(arguments),
            "bench" => bench(arguments),
            "dist" => bare(arguments, Command::Dist, DIST_HELP),
            "setup" => bare(arguments, Command::Setup, SETUP_HELP),
            "help" => Ok(Command::Help(HELP)),
            other => Err(format!("there is no command `{other}`; see cargo xtask --help").into()),
        },
        Some(other) => Err(other.unexpected()),
    }
}

fn run(mut arguments: Parser) -> Result<Command, lexopt::Error> {
    let mut options = RunOptions {
        port: PORT,
        cloud: true,
        profile: Profile::Release,
        check: false,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help(RUN_HELP)),
            Short('p') | Long("port") => options.port = arguments.value()?.parse()?,
            Long("no-cloud") => options.cloud = false,
            Long("release") => options.profile = Profile::Release,
            Long("dev") => options.profile = Profile::Dev,
            Long("check") => options.check = true,
            other => return Err(other.unexpected()),
        }
    }
    if options.check && !options.cloud {
        return Err("--check has one turn answered in the cloud: leave out --no-cloud".into());
    }
    Ok(Command::Run(options))
}

fn test(mut arguments: Parser) -> Result<Command, lexopt::Error> {
    let mut groups = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help(TEST_HELP)),
            Long("only") => {
                for name in arguments.value()?.string()?.split(',') {
                    groups.push(Group::named(name).ok_or_else(|| {
                        let known = Group::ALL.map(Group::name).join(", ");
                        format!("there is no group `{name}`; there are {known}")
                    })?);
                }
            }
            other => return Err(other.unexpected()),
        }
    }
    if groups.is_empty() {
        groups.extend(Group::ALL);
    }
    Ok(Command::Test(groups))
}

fn bench(mut arguments: Parser) -> Result<Command, lexopt::Error> {
    match arguments.next()? {
        None | Some(Short('h') | Long("help")) => Ok(Command::Help(BENCH_HELP)),
        Some(Value(name)) => match name.string()?.as_str() {
            "decisions" => bare(arguments, Command::Bench(Bench::Decisions), BENCH_HELP),
            "engine" => bench_engine(arguments),
            "overhead" => bench_overhead(arguments),
            "quality" => bench_quality(arguments),
            other => Err(format!("`{other}` cannot be measured; see cargo xtask bench").into()),
        },
        Some(other) => Err(other.unexpected()),
    }
}

fn bench_engine(mut arguments: Parser) -> Result<Command, lexopt::Error> {
    let mut json = None;
    let (mut rounds, mut tokens, mut quick) = (ROUNDS, TOKENS, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help(BENCH_HELP)),
            Long("json") => json = Some(arguments.value()?.into()),
            Long("rounds") => rounds = arguments.value()?.parse()?,
            Long("quick") => {
                quick = true;
                (rounds, tokens) = QUICK;
            }
            other => return Err(other.unexpected()),
        }
    }
    if rounds == 0 {
        return Err("--rounds 0 would measure nothing".into());
    }
    let json = json.ok_or("say where the figures go: --json FILE")?;
    Ok(Command::Bench(Bench::Engine(EngineOptions {
        json,
        rounds,
        tokens,
        quick,
    })))
}

fn bench_overhead(mut arguments: Parser) -> Result<Command, lexopt::Error> {
    let (mut json, mut turns) = (None, TURNS);
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help(BENCH_HELP)),
            Long("json") => json = Some(arguments.value()?.into()),
            Long("turns") => turns = arguments.value()?.parse()?,
            other => return Err(other.unexpected()),
        }
    }
    if turns == 0 {
        return Err("--turns 0 would measure nothing".into());
    }
    let json = json.ok_or("say where the figures go: --json FILE")?;
    let options = OverheadOptions { json, turns };
    Ok(Command::Bench(Bench::Overhead(options)))
}

fn bench_quality(mut arguments: Parser) -> Result<Command, lexopt::Error> {
    let (mut json, mut quick) = (None, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help(BENCH_HELP)),
            Long("json") => json = Some(arguments.value()?.into()),
            Long("quick") => quick = true,
            other => return Err(other.unexpected()),
        }
    }
    let json = json.ok_or("say where the figures go: --json FILE")?;
    let options = QualityOptions { json, quick };
    Ok(Command::Bench(Bench::Quality(options)))
}

fn bare(
    mut arguments: Parser,
    command: Command,
    help: &'static str,
) -> Result<Command, lexopt::Error> {
    match arguments.next()? {
        None => Ok(command),
        Some(Short('h') | Long("help")) => Ok(Command::Help(help)),
        Some(other) => Err(other.unexpected()),
    }
}

const HELP: &str = "\
Everything you do with this checkout of Weir. Each command first installs what it needs
into a cache folder, which takes minutes the first time and seconds after that.

  cargo xtask run      build the page and serve it to the browser on this machine
  cargo xtask test     run all tests, or some groups of them
  cargo xtask bench    measure the engine beside its peers, its predictions, or the policy's decisions
  cargo xtask dist     build the page for hosting, small and optimised
  cargo xtask setup    only install what the others need

  cargo xtask <command> --help    says more

The cache is ~/.cache/weir ($XDG_CACHE_HOME/weir); WEIR_CACHE names another folder.
Needed beforehand: Rust (rustup), Node.js 20 with npm, and Python 3.10 for the demo cloud.";

const RUN_HELP: &str = "\
Builds the page, serves it on http://127.0.0.1:8080/ and starts a demo cloud: a real
language model server on this machine that stands in for a paid one. Ctrl-C ends both.

  cargo xtask run [options]

  -p, --port PORT    serve on this port; 0 takes a free one        [default: 8080]
      --no-cloud     without the demo cloud (nor Python)
      --release      the page as fast as it gets                   [default]
      --dev          the page quicker to build, slower to answer
      --check        serve on free ports, have one turn answered on the machine and one in the
                     cloud in a headless browser, print one line of JSON, and end";

const TEST_HELP: &str = "\
Runs the tests and prints a count for each group; the last line is the total. The exit code
tells whether all passed.

  cargo xtask test [--only GROUP,GROUP...]

  format      rustfmt
  structure   which crate may depend on which
  lint        clippy for this machine and for wasm, licences and sources of dependencies, types
              of the scripts in tests/
  native      Rust tests of the crates without the runtime
  runtime     Rust tests of the crates with burn: kernels, model, policy, lab
  parity      the language model against stored results of llama.cpp
  page        builds the page and looks at what came out
  decisions   the worker in WebAssembly: 10,000 decisions as on this machine, relaxed SIMD
  e2e         the page in a real browser, with and without WebGPU, against the demo cloud
  ledger      there: that no limit is overrun and no charge lost, over tabs and crashes
  faults      there: each way in which a cloud fails
  privacy     there: what may not leave, and that nothing does
  browsers    the page on the processor in Chromium, Firefox and WebKit, with the same answer
  sizes       builds the page for hosting and weighs it";

const BENCH_HELP: &str = "\
Measures speed, side by side in one run. Leave the machine alone meanwhile.

  cargo xtask bench engine --json FILE [--rounds 5] [--quick]

Weir's page and its peers (wllama, Flare) answer the same question in the same headless Chromium
on one thread, in turn, round by round, and llama.cpp as a native program beside them. Prints
medians and spreads, and writes them to FILE. --quick is one round of short answers: a try, no
result, and without the count of launches on WebGPU. The page is the one for hosting if
`cargo xtask dist` built it from these sources.

  cargo xtask bench quality --json FILE [--quick]

Perplexity of a text of 4096 tokens, and how far predictions are from those of the same weights as
floats, for each way to store weights: on the processor, with WebGPU's kernels, and llama.cpp's own.
--quick tries one way with a part of the text.

  cargo xtask bench overhead --json FILE [--turns 40]

What Weir adds to a cloud call: from Enter in the page to the arrival of the request at the demo
cloud, without and with the local model loaded, whose own reading of the prompt is not counted.
Prints medians with the least and the most, and writes every turn to FILE.

  cargo xtask bench decisions

Times 10,000 decisions of the shipped policy on one thread, from the mask to the choice: on this
machine, and in WebAssembly as in the page's worker. Prints microseconds by number of actions.";

const DIST_HELP: &str = "\
Builds the page for hosting into dist/, optimised for size, which takes longer than for `run`.
Serve that folder over HTTPS with any static file server.

  cargo xtask dist";

const SETUP_HELP: &str = "\
Installs what the other commands need and fetches the language model, then stops.

  cargo xtask setup";

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, lexopt::Error> {
        parse(Parser::from_args(line.split_whitespace()))
    }

    #[test]
    fn run_serves_a_release_page_with_the_cloud_unless_told_otherwise() {
        let Command::Run(options) = parsed("run").unwrap() else {
            panic!("not a run")
        };
        assert_eq!((options.port, options.cloud), (PORT, true));
        assert_eq!(options.profile, Profile::Release);
        assert!(!options.check);

        let Command::Run(options) = parsed("run --port=9000 --no-cloud --dev").unwrap() else {
            panic!("not a run")
        };
        assert_eq!((options.port, options.cloud), (9000, false));
        assert_eq!(options.profile, Profile::Dev);
    }

    #[test]
    fn test_takes_groups_by_name_in_the_order_given() {
        let all = Command::Test(Group::ALL.to_vec());
        assert_eq!(parsed("test").unwrap(), all);
        let two = Command::Test(vec![Group::E2e, Group::Native]);
        assert_eq!(parsed("test --only e2e,native").unwrap(), two);
    }

    #[test]
    fn bench_measures_what_is_named_and_is_thorough_unless_in_haste() {
        let decisions = parsed("bench decisions").unwrap();
        assert_eq!(decisions, Command::Bench(Bench::Decisions));
        let engine = |line: &str| match parsed(line) {
            Ok(Command::Bench(Bench::Engine(options))) => options,
            other => panic!("{line}: {other:?}"),
        };
        let options = engine("bench engine --json f.json");
        assert_eq!((options.rounds, options.tokens), (ROUNDS, TOKENS));
        assert_eq!(engine("bench engine --json f --rounds 7").rounds, 7);
        let options = engine("bench engine --quick --json f");
        assert_eq!((options.rounds, options.tokens), QUICK);
        assert!(options.quick);

        let Command::Bench(Bench::Quality(options)) = parsed("bench quality --json f").unwrap()
        else {
            panic!("not the quality")
        };
        assert!(!options.quick);
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        for (line, word) in [
            ("bake", "bake"),
            ("run --bake", "--bake"),
            ("run --port many", "many"),
            ("test --only bake", "bake"),
            ("run --check --no-cloud", "--no-cloud"),
            ("dist now", "now"),
            ("bench bread", "bread"),
            ("bench engine", "--json"),
            ("bench engine --json f --rounds 0", "--rounds"),
            ("bench quality --quick", "--json"),
            ("bench overhead", "--json"),
            ("bench overhead --json f --turns 0", "--turns"),
        ] {
            let message = parsed(line).unwrap_err().to_string();
            assert!(message.contains(word), "{line}: {message}");
        }
    }

    #[test]
    fn every_command_explains_itself() {
        for command in ["run", "test", "bench", "dist", "setup"] {
            let help = parsed(&format!("{command} --help")).unwrap();
            let Command::Help(text) = help else {
                panic!("{command} has no help")
            };
            assert!(text.contains(&format!("cargo xtask {command}")), "{text}");
            assert!(
                HELP.contains(&format!("cargo xtask {command}")),
                "{command}"
            );
        }
        for group in Group::ALL {
            let line = format!("\n  {:<12}", group.name());
            assert!(TEST_HELP.contains(&line), "{line}");
        }
    }
}
