//! JSON values that are counted while they are built: an object of one letter takes a hundred
//! times its text, so that a file's size says nothing of what it will hold.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// What a value of a list holds, the room that a list keeps free included, bytes.
const VALUE_BYTES: usize = 64;

/// What an object holds with its first entries, bytes.
const OBJECT_BYTES: usize = 640;

/// What an entry holds beside its name and value, bytes.
const ENTRY_BYTES: usize = 48;

/// How many bytes may be held.
#[derive(Debug)]
pub struct HeldBytes {
    left: Cell<usize>,
    is_over: Cell<bool>,
}

/// A value to be built within them.
#[derive(Debug, Clone, Copy)]
pub struct HeldValue<'h>(pub &'h HeldBytes);

impl HeldBytes {
    /// So many.
    pub fn new(most: usize) -> Self {
        Self {
            left: Cell::new(most),
            is_over: Cell::new(false),
        }
    }

    /// From now on so many.
    pub fn reset(&self, most: usize) {
        self.left.set(most);
    }

    /// How many are left.
    pub fn left(&self) -> usize {
        self.left.get()
    }

    /// Whether something was refused because it would have held more.
    pub fn is_over(&self) -> bool {
        self.is_over.get()
    }

    fn take<E: Error>(&self, bytes: usize) -> Result<(), E> {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.is_over.set(true);
                Err(E::custom("it holds too much"))
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for HeldValue<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.0.take::<D::Error>(VALUE_BYTES)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for HeldValue<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.0.take::<E>(text.len())?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        self.0.take::<A::Error>(OBJECT_BYTES)?;
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            self.0.take::<A::Error>(ENTRY_BYTES + name.len())?;
            let value = entries.next_value_seed(self)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeSeed;
    use serde_json::{Deserializer, Value};

    use crate::exchange::read::json_held::{HeldBytes, HeldValue};

    fn read(text: &str, held: &HeldBytes) -> Result<Value, serde_json::Error> {
        HeldValue(held).deserialize(&mut Deserializer::from_str(text))
    }

    #[test]
    fn a_value_is_what_the_library_makes_of_it() {
        let text = r#"{"a":[1,-2,3.5,1e400,"北\n",true,null],"b":{"c":{}},"a":[]}"#;
        let finite = text.replace("1e400", "1e300");
        for text in [text, finite.as_str()] {
            let theirs: Result<Value, _> = serde_json::from_str(text);
            assert_eq!(read(text, &HeldBytes::new(10_000)).ok(), theirs.ok());
        }
    }

    #[test]
    fn what_holds_too_much_is_refused() {
        for text in [
            format!("[{}1]", "1,".repeat(17)),
            "[{},{}]".to_owned(),
            format!("\"{}\"", "x".repeat(1_000)),
            format!("{{\"{}\":1}}", "x".repeat(400)),
        ] {
            let held = HeldBytes::new(1_000);
            assert!(read(&text, &held).is_err() && held.is_over(), "{text}");
        }
    }
}
