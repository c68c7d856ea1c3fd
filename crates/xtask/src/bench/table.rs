//! The figures for people: each beside its bar, then what every engine did.

use std::fmt::Write;

use super::engine::Cpu;
use super::rounds::{Contestant, Rounds, Spread};

/// What a figure should reach.
#[derive(Debug, Clone, Copy)]
enum Bar {
    AtLeast(f64),
    AtMost(f64),
    None,
}

impl Bar {
    fn is_met(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(bar) => figure >= bar,
            Self::AtMost(bar) => figure <= bar,
            Self::None => true,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtLeast(bar) => format!("≥ {bar}"),
            Self::AtMost(bar) => format!("≤ {bar}"),
            Self::None => String::new(),
        }
    }
}

/// Both tables, in Markdown.
pub(super) fn table(cpu: &Cpu<Spread>, rounds: &Rounds, all: &[Contestant]) -> String {
    let rows = [
        (
            "decode, Q4_1, Weir : wllama",
            cpu.decode_vs_wllama,
            Bar::AtLeast(4.0),
        ),
        (
            "prefill of 256 tokens, Q4_1, Weir : wllama",
            cpu.prefill_vs_wllama,
            Bar::AtLeast(6.0),
        ),
        (
            "decode, Q4_1, Weir : native llama.cpp",
            cpu.decode_vs_llamacpp,
            Bar::AtLeast(0.6),
        ),
        (
            "decode, Q8_0, Weir : Flare",
            cpu.decode_vs_flare,
            Bar::AtLeast(1.2),
        ),
        (
            "stored file to first token, Weir : wllama",
            cpu.warm_load_vs_wllama,
            Bar::AtMost(0.4),
        ),
        (
            "renderer while answering, MB",
            cpu.renderer_mb,
            Bar::AtMost(350.0),
        ),
        ("decode, Q4_1, tokens/s", cpu.decode_tps, Bar::None),
        ("prefill, Q4_1, tokens/s", cpu.prefill_tps, Bar::None),
    ];
    let mut text = "| one thread of the processor | median | min | max | bar | met |\n\
                    |---|---:|---:|---:|---:|---|\n"
        .to_owned();
    for (what, spread, bar) in rows {
        let figures = spread.map_or_else(|| "– | – | –".to_owned(), three);
        let met = match (bar, spread) {
            (Bar::None, _) => "",
            (bar, Some(spread)) if bar.is_met(spread.median) => "yes",
            _ => "no",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {what} | {figures} | {} | {met} |", bar.text());
    }
    text.push_str(
        "\n| engine, file | decode, tokens/s | prefill, tokens/s | stored file to first token, ms \
         | renderer, MB |\n|---|---:|---:|---:|---:|\n",
    );
    for of in all {
        let figure = |name, scale| {
            rounds
                .spread(*of, name)
                .map_or_else(|| "–".to_owned(), |spread| range(spread.scaled(scale)))
        };
        let _ = writeln!(
            text,
            "| {} {} | {} | {} | {} | {} |",
            of.engine,
            of.file,
            figure("decode_tps", 1.0),
            figure("prefill_tps", 1.0),
            figure("warm_load_ms", 1.0),
            figure("renderer_bytes", 1e-6),
        );
    }
    text
}

fn three(spread: Spread) -> String {
    let Spread { median, min, max } = spread;
    format!("{} | {} | {}", short(median), short(min), short(max))
}

fn range(spread: Spread) -> String {
    let Spread { median, min, max } = spread;
    format!("{} ({}–{})", short(median), short(min), short(max))
}

/// Three digits, as many as these measurements are worth.
fn short(number: f64) -> String {
    match number.abs() {
        size if size >= 100.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::rounds::Sample;

    #[test]
    fn a_row_says_whether_its_bar_is_met_and_a_missing_figure_never_does() {
        let spread = |median| {
            Some(Spread {
                median,
                min: 1.0,
                max: 9.0,
            })
        };
        let cpu = Cpu {
            decode_vs_wllama: spread(4.0),
            prefill_vs_wllama: spread(5.9),
            decode_vs_llamacpp: None,
            decode_vs_flare: spread(1.3),
            warm_load_vs_wllama: spread(0.4),
            renderer_mb: spread(351.0),
            decode_tps: spread(40.0),
            prefill_tps: spread(123.4),
        };
        let mut rounds = Rounds::default();
        let line = r#"{"engine":"flare","file":"q8_0","round":1,"decode_tps":30.0,"renderer_bytes":1.1e9}"#;
        rounds.push(Sample::read(line).unwrap());
        let flare = Contestant {
            engine: "flare",
            file: "q8_0",
        };
        let text = table(&cpu, &rounds, &[flare]);
        for row in [
            "| decode, Q4_1, Weir : wllama | 4.00 | 1.00 | 9.00 | ≥ 4 | yes |",
            "| prefill of 256 tokens, Q4_1, Weir : wllama | 5.90 | 1.00 | 9.00 | ≥ 6 | no |",
            "| decode, Q4_1, Weir : native llama.cpp | – | – | – | ≥ 0.6 | no |",
            "| stored file to first token, Weir : wllama | 0.40 | 1.00 | 9.00 | ≤ 0.4 | yes |",
            "| renderer while answering, MB | 351 | 1.00 | 9.00 | ≤ 350 | no |",
            "| prefill, Q4_1, tokens/s | 123 | 1.00 | 9.00 |  |  |",
            "| flare q8_0 | 30.0 (30.0–30.0) | – | – | 1100 (1100–1100) |",
        ] {
            assert!(text.contains(row), "{row} is missing in\n{text}");
        }
    }
}
