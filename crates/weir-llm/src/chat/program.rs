//! A template runs as a program whose every step has a price.
//!
//! minijinja counts instructions, but one instruction may double a text, compare two long lists or
//! replace each letter by a book. So the compiled program is rewritten before it runs: around each
//! instruction that can take more than a moment stand calls that pay for what it reads and makes, from
//! one purse for the whole rendering. Values are bounded, flat and finished where they are made, so
//! that no later step meets one that is huge, deep or still to be computed.

use super::TemplateError;
use minijinja::machinery::{
    self, CodeGenerator, Instruction, Instructions, Token, Vm, WhitespaceConfig, tokenize,
};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, State, Value, escape_formatter, functions,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Instructions that one rendering may take; a message takes some hundreds.
const FUEL: u64 = 2_000_000;
/// Nested calls, few because the stack of a wasm module is small.
const RECURSION: usize = 100;
/// Tokens within one tag, and branches of one kind in a template: the engine nests its own calls that
/// deep.
const TAG_TOKENS: usize = 500;
const BRANCHES: usize = 200;

/// What one rendering may pay: about a byte read or made for each.
const PURSE: usize = 128 << 20;
/// What a byte costs that is written: what comes out is cut into tokens afterwards.
const WRITING: usize = 64;
/// The most that any one value weighs.
const HEAVIEST: usize = PURSE / WRITING;
/// What an item of a list and an entry of a map weigh beside what is in them.
const ITEM: usize = 32;
const ENTRY: usize = 64;
/// How deep values may be nested.
const DEPTH: usize = 32;

/// The calls that the program is rewritten with; no template can spell their names.
const MADE: &str = "=made";
const READ: &str = "=read";
const PRICE: &str = "=price";
const LOOSE: &str = "=loose";
const SLICE: &str = "=slice";
/// Filters that look at no more than the outside of a value.
const QUICK: [&str; 7] = ["length", "count", "first", "last", "default", "d", "safe"];
/// Filters whose work does not follow from what they are given: no dialogue needs them.
const REMOVED: [&str; 8] = [
    "batch", "chain", "format", "groupby", "indent", "pprint", "slice", "zip",
];
/// No limit on the filters and tests that the engine remembers by number.
const UNNUMBERED: u8 = u8::MAX;

/// What `source` writes with `dialogue` as its variables.
pub(super) fn run(source: &str, dialogue: Value) -> Result<String, TemplateError> {
    let purse = Arc::new(Purse(AtomicUsize::new(PURSE)));
    write(source, dialogue, &purse).map_err(|error| match error.kind() {
        ErrorKind::OutOfFuel => TemplateError::Endless,
        _ if purse.is_empty() => TemplateError::TooLong,
        _ => TemplateError::Broken(error.to_string()),
    })
}

fn write(source: &str, dialogue: Value, purse: &Arc<Purse>) -> Result<String, Error> {
    // As the Python library behind these templates sets them.
    let spaces = WhitespaceConfig {
        keep_trailing_newline: false,
        lstrip_blocks: true,
        trim_blocks: true,
    };
    look_over(source, spaces)?;
    let tree = machinery::parse(source, "template", SyntaxConfig, spaces)?;
    let mut generator = CodeGenerator::new("template", source);
    generator.compile_stmt(&tree);
    let program = priced(&generator.finish().0);

    let environment = environment(purse);
    let mut text = String::new();
    let mut output = machinery::make_string_output(&mut text);
    // No blocks: they are for templates of several files.
    let blocks = BTreeMap::new();
    Vm::new(&environment).eval(&program, dialogue, &blocks, &mut output, AutoEscape::None)?;
    drop(output);
    Ok(text)
}

/// Refuses what is at work before a single instruction runs: the engine computes what is constant
/// while it compiles, and calls itself for each term of a sum and each branch of a choice.
fn look_over(source: &str, spaces: WhitespaceConfig) -> Result<(), Error> {
    let (mut tag, mut branches) = (0, 0);
    for token in tokenize(source, false, SyntaxConfig, spaces) {
        let complaint = match token?.0 {
            Token::VariableStart | Token::BlockStart => {
                tag = 0;
                None
            }
            Token::Mul | Token::Pow => Some("chat templates cannot multiply"),
            token => {
                tag += 1;
                branches += usize::from(matches!(token, Token::Ident("elif")));
                (tag > TAG_TOKENS || branches > BRANCHES).then_some("the template is too complex")
            }
        };
        if let Some(complaint) = complaint {
            return Err(Error::new(ErrorKind::InvalidOperation, complaint));
        }
    }
    Ok(())
}

/// The program with the price of each instruction around it.
fn priced<'source>(program: &Instructions<'source>) -> Instructions<'source> {
    let steps: Vec<_> = (0..).map_while(|at| program.get(at).map(around)).collect();
    // Where each instruction comes to stand, for those that jump.
    let mut end = 0;
    let starts: Vec<u32> = steps
        .iter()
        .map(|step| {
            let start = end;
            end += step.len() as u32;
            start
        })
        .collect();
    let to = |target: u32| starts.get(target as usize).copied().unwrap_or(end);
    let mut priced = Instructions::new(program.name(), program.source());
    for (at, steps) in (0..).zip(steps) {
        let line = program.get_line(at).unwrap_or_default() as u16;
        for mut step in steps {
            use Instruction as I;
            if let I::Jump(target)
            | I::JumpIfFalse(target)
            | I::JumpIfFalseOrPop(target)
            | I::JumpIfTrueOrPop(target)
            | I::Iterate(target)
            | I::BuildMacro(_, target, _) = &mut step
            {
                *target = to(*target);
            }
            priced.add_with_line(step, line);
        }
    }
    priced
}

/// An instruction and what pays for it.
fn around<'source>(step: &Instruction<'source>) -> Vec<Instruction<'source>> {
    use Instruction as I;
    let step = step.clone();
    let call = |name| I::ApplyFilter(name, Some(1), UNNUMBERED);
    // Puts the topmost values through `check`, as a list, and leaves them and their number.
    let pack = |count: &mut Option<u16>, check| {
        let list = I::BuildList(count.map(usize::from));
        *count = None;
        [list, call(check), I::UnpackLists(1)]
    };
    match step {
        I::EmitRaw(text) => vec![I::LoadConst(text.into()), I::Emit],
        I::BuildList(_) | I::BuildMap(_) | I::Add | I::StringConcat | I::EndCapture => {
            vec![step, call(MADE)]
        }
        // Comparing two values takes no longer than one of them is, and finding no longer than that
        // which is searched.
        I::Eq | I::Ne | I::Gt | I::Gte | I::Lt | I::Lte | I::In | I::CompareAndPreserve(_) => {
            vec![call(MADE), step]
        }
        I::GetItem => vec![call(READ), I::Swap, call(READ), I::Swap, step],
        I::Slice => vec![I::ApplyFilter(SLICE, Some(4), UNNUMBERED), call(MADE)],
        I::SetAttr(_) => vec![I::Swap, call(LOOSE), I::Swap, step],
        I::PerformTest(_, Some(1), _) => vec![call(READ), step],
        I::ApplyFilter(name, Some(1), _) if QUICK.contains(&name) => vec![call(READ), step],
        I::ApplyFilter(name, ..) if QUICK.contains(&name) => vec![step],
        I::PerformTest(name, mut count, _) => {
            let [list, check, unpack] = pack(&mut count, PRICE);
            vec![list, check, unpack, I::PerformTest(name, count, UNNUMBERED)]
        }
        I::ApplyFilter(name, mut count, _) => {
            let [list, check, unpack] = pack(&mut count, PRICE);
            let step = I::ApplyFilter(name, count, UNNUMBERED);
            vec![list, check, unpack, step, call(MADE)]
        }
        I::CallMethod(name, mut count) => {
            let [list, check, unpack] = pack(&mut count, PRICE);
            vec![list, check, unpack, I::CallMethod(name, count), call(MADE)]
        }
        I::CallFunction(name, mut count) => {
            let [list, check, unpack] = pack(&mut count, LOOSE);
            vec![
                list,
                check,
                unpack,
                I::CallFunction(name, count),
                call(MADE),
            ]
        }
        I::CallObject(mut count) => {
            let [list, check, unpack] = pack(&mut count, LOOSE);
            vec![list, check, unpack, I::CallObject(count), call(MADE)]
        }
        _ => vec![step],
    }
}

/// The engine with everything in it that pays.
fn environment(purse: &Arc<Purse>) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(RECURSION);
    environment.set_unknown_method_callback(method);
    let own = || Arc::clone(purse);
    let payer = own();
    environment.set_formatter(move |out, state, value| {
        payer.pay(payer.weigh(value)?.saturating_mul(WRITING))?;
        escape_formatter(out, state, value)
    });
    let payer = own();
    environment.add_filter(MADE, move |value: Value| payer.take(value));
    let payer = own();
    environment.add_filter(READ, move |value: Value| {
        payer
            .pay(value.as_str().map_or(1, str::len))
            .map(|()| value)
    });
    let payer = own();
    environment.add_filter(PRICE, move |values: Value| {
        payer.pay(payer.price(&values)?).map(|()| values)
    });
    let payer = own();
    environment.add_filter(LOOSE, move |value: Value| {
        let value = payer.take(value)?;
        match holds_namespace(&value) {
            false => Ok(value),
            true => Err(refusal("a namespace cannot be kept in another one")),
        }
    });
    environment.add_filter(SLICE, slice);
    for name in REMOVED {
        environment.remove_filter(name);
    }
    environment.remove_global("debug");
    environment.add_function("range", |from: i32, to: Option<i32>, step: Option<i32>| {
        let wide = |number| number as isize;
        functions::range(wide(from), to.map(wide), step.map(wide))
    });
    environment.add_function("raise_exception", |reason: String| -> Result<(), _> {
        Err(Error::new(ErrorKind::InvalidOperation, reason))
    });
    environment
}

/// The methods that Python's strings and maps have; without those whose work has no bound.
fn method(
    state: &State<'_, '_>,
    value: &Value,
    name: &str,
    args: &[Value],
) -> Result<Value, Error> {
    let nothing = args.first().and_then(Value::as_str) == Some("");
    if name == "format" || name == "count" && nothing {
        return Err(ErrorKind::UnknownMethod.into());
    }
    minijinja_contrib::pycompat::unknown_method_callback(state, value, name, args)
}

/// `value[start:stop:step]` as Python has it.
fn slice(value: Value, start: Value, stop: Value, step: Value) -> Result<Value, Error> {
    let number = |value: &Value| match value.is_none() {
        true => Ok(None),
        false => i64::try_from(value.clone()).map(Some),
    };
    let step = number(&step)?.unwrap_or(1);
    let (start, stop) = (number(&start)?, number(&stop)?);
    if step == 0 {
        return Err(refusal("a slice cannot have steps of 0"));
    }
    let items: Vec<Value> = value.try_iter()?.collect();
    let end = items.len() as i64;
    let place = |at: i64| if at < 0 { at.saturating_add(end) } else { at };
    let within =
        |at: Option<i64>, least, most, usual| at.map_or(usual, |at| place(at).clamp(least, most));
    let stride = usize::try_from(step.unsigned_abs()).unwrap_or(usize::MAX);
    let places: Box<dyn Iterator<Item = i64>> = if step > 0 {
        let (from, to) = (within(start, 0, end, 0), within(stop, 0, end, end));
        Box::new((from..to).step_by(stride))
    } else {
        let from = within(start, -1, end - 1, end - 1);
        let to = within(stop, -1, end - 1, -1);
        Box::new((to + 1..from + 1).rev().step_by(stride))
    };
    let chosen = places.filter_map(|at| items.get(at as usize).cloned());
    Ok(match value.as_str() {
        Some(_) => chosen
            .map(|letter| letter.to_string())
            .collect::<String>()
            .into(),
        None => chosen.collect::<Vec<_>>().into(),
    })
}

fn refusal(reason: &'static str) -> Error {
    Error::new(ErrorKind::InvalidOperation, reason)
}

fn is_list(value: &Value) -> bool {
    matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable)
}

/// The keys and values of a map.
fn entries(value: &Value) -> impl Iterator<Item = (Value, Value)> {
    let map = value.as_object().filter(|_| value.kind() == ValueKind::Map);
    map.and_then(|map| map.try_iter_pairs())
        .into_iter()
        .flatten()
}

/// Namespaces alone can be changed: within another one they could become a ring, or a chain too long
/// to take down.
fn holds_namespace(value: &Value) -> bool {
    let is_one = value
        .as_object()
        .is_some_and(|object| object.type_name().ends_with("::Namespace"));
    let mut items = value
        .try_iter()
        .ok()
        .filter(|_| is_list(value))
        .into_iter()
        .flatten();
    is_one
        || items.any(|item| holds_namespace(&item))
        || entries(value).any(|(_, item)| holds_namespace(&item))
}

/// What a rendering has left to pay with.
struct Purse(AtomicUsize);

impl Purse {
    fn is_empty(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    fn pay(&self, price: usize) -> Result<(), Error> {
        let left = self.0.load(Ordering::Relaxed);
        self.0.store(left.saturating_sub(price), Ordering::Relaxed);
        match price < left {
            true => Ok(()),
            false => Err(refusal("the template does too much")),
        }
    }

    /// What calling something with these values costs: the first as often as all others together are
    /// long, which is what replacing, joining and searching come to.
    fn price(&self, values: &Value) -> Result<usize, Error> {
        let (mut first, mut others) = (None, 1_usize);
        for value in values.try_iter()? {
            let weight = self.weigh(&value)?;
            match first {
                None => first = Some(weight),
                Some(_) => others = others.saturating_add(weight),
            }
        }
        Ok(first.unwrap_or(1).saturating_mul(others))
    }

    /// Pays for a value that was made, and finishes what would be computed anew at each look.
    fn take(&self, value: Value) -> Result<Value, Error> {
        let weight = self.weigh(&value)?;
        self.pay(weight)?;
        match is_list(&value) {
            true => Ok(value.try_iter()?.collect::<Vec<_>>().into()),
            false => Ok(value),
        }
    }

    /// About how many bytes a value takes. What is too heavy or too deep empties the purse.
    fn weigh(&self, value: &Value) -> Result<usize, Error> {
        weight(value, DEPTH, HEAVIEST).map_or_else(|| self.pay(usize::MAX).map(|()| 0), Ok)
    }
}

/// About how many bytes `value` takes, unless it is nested deeper than `depth` or heavier than `limit`.
fn weight(value: &Value, depth: usize, limit: usize) -> Option<usize> {
    let depth = depth.checked_sub(1)?;
    let mut total = value.as_str().map_or(1, |text| text.len().max(1));
    let mut add = |item: &Value, beside: usize| {
        total += beside + weight(item, depth, limit)?;
        (total <= limit).then_some(())
    };
    if is_list(value) {
        for item in value.try_iter().ok()? {
            add(&item, ITEM)?;
        }
    }
    for (key, item) in entries(value) {
        add(&key, ENTRY)?;
        add(&item, 0)?;
    }
    (total <= limit).then_some(total)
}
