//! Writing small GGUF files, for tests and tools.

use super::{Array, GgmlType, Value};

/// Writes a GGUF file into memory. It is for tests and tools: it writes what it is told, wrong
/// sizes and duplicates too, so that the reader can be shown them.
#[derive(Debug, Clone)]
pub struct GgufBuilder {
    version: u32,
    alignment: usize,
    keys: Vec<(String, Value)>,
    tensors: Vec<(String, Vec<u64>, GgmlType, Vec<u8>)>,
}

impl Default for GgufBuilder {
    fn default() -> Self {
        Self {
            version: 3,
            alignment: 32,
            keys: Vec::new(),
            tensors: Vec::new(),
        }
    }
}

impl GgufBuilder {
    /// Writes this version instead of 3.
    #[must_use]
    pub const fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// Aligns tensors to this many bytes instead of 32, and says so in the file.
    #[must_use]
    pub fn alignment(mut self, alignment: u32) -> Self {
        self.alignment = alignment as usize;
        self.key("general.alignment", Value::Unsigned(alignment.into()))
    }

    /// Adds a key. Unsigned and signed numbers are written with 32 bits, or 64 where they need it;
    /// floats with 32.
    #[must_use]
    pub fn key(mut self, key: &str, value: Value) -> Self {
        self.keys.push((key.to_owned(), value));
        self
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, key: &str, value: &str) -> Self {
        self.key(key, Value::String(value.to_owned()))
    }

    /// Adds a whole number.
    #[must_use]
    pub fn number(self, key: &str, value: u64) -> Self {
        self.key(key, Value::Unsigned(value))
    }

    /// Adds a float.
    #[must_use]
    pub fn float(self, key: &str, value: f32) -> Self {
        self.key(key, Value::Float(value.into()))
    }

    /// Adds a tensor: its shape (fastest axis first), its type, and its bytes as they are stored.
    #[must_use]
    pub fn tensor(mut self, name: &str, shape: &[u64], ty: GgmlType, bytes: Vec<u8>) -> Self {
        self.tensors
            .push((name.to_owned(), shape.to_vec(), ty, bytes));
        self
    }

    /// The bytes of the file.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        let mut file = b"GGUF".to_vec();
        file.extend(self.version.to_le_bytes());
        file.extend((self.tensors.len() as u64).to_le_bytes());
        file.extend((self.keys.len() as u64).to_le_bytes());
        for (key, value) in &self.keys {
            put_string(&mut file, key);
            put_value(&mut file, value);
        }
        let mut data = Vec::new();
        for (name, shape, ty, bytes) in &self.tensors {
            put_string(&mut file, name);
            file.extend((shape.len() as u32).to_le_bytes());
            for axis in shape {
                file.extend(axis.to_le_bytes());
            }
            file.extend(ty.id().to_le_bytes());
            file.extend((data.len() as u64).to_le_bytes());
            data.extend(bytes);
            data.resize(data.len().next_multiple_of(self.alignment), 0);
        }
        if !data.is_empty() {
            file.resize(file.len().next_multiple_of(self.alignment), 0);
        }
        file.extend(data);
        file
    }
}

fn put_string(file: &mut Vec<u8>, text: &str) {
    file.extend((text.len() as u64).to_le_bytes());
    file.extend(text.as_bytes());
}

/// A number's bytes behind the number of its type in the format.
fn put_number<const N: usize>(file: &mut Vec<u8>, ty: u32, bytes: [u8; N]) {
    file.extend(ty.to_le_bytes());
    file.extend(bytes);
}

fn put_value(file: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Unsigned(number) => match u32::try_from(*number) {
            Ok(number) => put_number(file, 4, number.to_le_bytes()),
            Err(_) => put_number(file, 10, number.to_le_bytes()),
        },
        Value::Signed(number) => match i32::try_from(*number) {
            Ok(number) => put_number(file, 5, number.to_le_bytes()),
            Err(_) => put_number(file, 11, number.to_le_bytes()),
        },
        Value::Float(number) => put_number(file, 6, (*number as f32).to_le_bytes()),
        Value::Bool(flag) => put_number(file, 7, [u8::from(*flag)]),
        Value::String(text) => {
            file.extend(8_u32.to_le_bytes());
            put_string(file, text);
        }
        Value::Array(array) => {
            file.extend(9_u32.to_le_bytes());
            put_array(file, array);
        }
    }
}

fn put_array(file: &mut Vec<u8>, array: &Array) {
    fn put(file: &mut Vec<u8>, ty: u32, count: usize) {
        file.extend(ty.to_le_bytes());
        file.extend((count as u64).to_le_bytes());
    }
    match array {
        Array::Strings(texts) => {
            put(file, 8, texts.len());
            texts.iter().for_each(|text| put_string(file, text));
        }
        Array::Unsigned(numbers) => {
            put(file, 4, numbers.len());
            file.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
        Array::Signed(numbers) => {
            put(file, 5, numbers.len());
            file.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
        Array::Floats(numbers) => {
            put(file, 6, numbers.len());
            file.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
        Array::Skipped(count) => {
            put(file, 0, *count as usize);
            file.resize(file.len() + *count as usize, 0);
        }
    }
}
