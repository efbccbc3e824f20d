//! CQL2 JSON (OGC 21-065r2, annex C): a filter as programs write it.

use serde_json::Value;

use crate::exchange::cql2::expression::{Expression, Scalar, Shape, Span};
use crate::exchange::cql2::fault::FilterFault;
use crate::exchange::cql2::kinds::fit;
use crate::exchange::cql2::limits::{Depth, check_length};
use crate::exchange::cql2::names::{GEOMETRY, comparison, property, spatial, temporal};
use crate::exchange::cql2::shape::{A_BOX, bbox, of_geojson};
use crate::exchange::write::layer::Layer;

/// Reads a filter over a layer.
///
/// # Errors
/// [`FilterFault`].
pub fn parse_json(text: &str, layer: &Layer) -> Result<Expression, FilterFault> {
    check_length(text)?;
    let value: Value = serde_json::from_str(text).map_err(|fault| FilterFault::Syntax {
        at: format!("line {}, column {}", fault.line(), fault.column()),
        why: "it is no JSON (or nested too deeply)".to_owned(),
    })?;
    let mut expression = expression(&value, layer, Depth::default())?;
    fit(&mut expression, layer)?;
    Ok(expression)
}

fn expression(value: &Value, layer: &Layer, depth: Depth) -> Result<Expression, FilterFault> {
    if let Value::Bool(truth) = value {
        return Ok(Expression::Known(*truth));
    }
    if value.get("property").is_some() {
        return Ok(Expression::Flag(scalar(value, layer, depth)?));
    }
    let depth = depth.deeper()?;
    let op = value["op"].as_str();
    let op = op.ok_or_else(|| fault(value, "an object with \"op\" and \"args\" is missing"))?;
    let args = value["args"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let all = || -> Result<Vec<Expression>, FilterFault> {
        args.iter()
            .map(|arg| expression(arg, layer, depth))
            .collect()
    };
    let of = |i: usize| scalar(&args[i], layer, depth);
    match (op.to_ascii_lowercase().as_str(), args.len()) {
        ("and", 1..) => Ok(Expression::And(all()?)),
        ("or", 1..) => Ok(Expression::Or(all()?)),
        ("not", 1) => Ok(Expression::Not(Box::new(expression(
            &args[0], layer, depth,
        )?))),
        ("isnull", 1) => Ok(Expression::IsNull(of(0)?)),
        ("like", 2) => Ok(Expression::Like(of(0)?, of(1)?)),
        ("between", 3) => Ok(Expression::Between(of(0)?, of(1)?, of(2)?)),
        ("in", 2) => {
            let list = args[1].as_array().map(Vec::as_slice);
            let list = list.ok_or_else(|| fault(&args[1], "\"in\" wants a list"))?;
            let list = list
                .iter()
                .map(|item| scalar(item, layer, depth))
                .collect::<Result<_, _>>()?;
            Ok(Expression::In(of(0)?, list))
        }
        (sign, 2) if comparison(sign).is_some() => {
            let relation = comparison(sign).ok_or_else(|| fault(value, "unknown"))?;
            Ok(Expression::Compare(relation, of(0)?, of(1)?))
        }
        (name, 2) => {
            if let Some(relation) = spatial(name) {
                let (first, second) = (shape(&args[0])?, shape(&args[1])?);
                return Ok(Expression::Spatial(relation, first, second));
            }
            if let Some(relation) = temporal(name) {
                let first = span(&args[0], layer, depth)?;
                return Ok(Expression::Temporal(
                    relation,
                    first,
                    span(&args[1], layer, depth)?,
                ));
            }
            Err(fault(value, &format!("{name:?} is not known")))
        }
        (name, n) => Err(fault(
            value,
            &format!("{name:?} with {n} arguments is not known"),
        )),
    }
}

fn scalar(value: &Value, layer: &Layer, depth: Depth) -> Result<Scalar, FilterFault> {
    let none = || fault(value, "a value is missing");
    match value {
        Value::String(text) => Ok(Scalar::Text(text.clone())),
        Value::Number(number) => number.as_f64().map(Scalar::Number).ok_or_else(none),
        Value::Bool(truth) => Ok(Scalar::Flag(*truth)),
        Value::Object(members) => {
            if let Some(name) = members.get("property").and_then(Value::as_str) {
                return property(layer, name);
            }
            let time = members.get("timestamp").or(members.get("date"));
            if let Some(text) = time.and_then(Value::as_str) {
                return Scalar::of_time(text).ok_or_else(|| fault(value, "this is no time"));
            }
            if members.get("op").and_then(Value::as_str) == Some("casei")
                && let Some([one]) = members
                    .get("args")
                    .and_then(Value::as_array)
                    .map(Vec::as_slice)
            {
                let inside = scalar(one, layer, depth.deeper()?)?;
                return Ok(Scalar::CaseFolded(Box::new(inside)));
            }
            Err(none())
        }
        _ => Err(none()),
    }
}

fn span(value: &Value, layer: &Layer, depth: Depth) -> Result<Span, FilterFault> {
    let Some(ends) = value.get("interval").and_then(Value::as_array) else {
        return Ok(Span::Of(scalar(value, layer, depth)?));
    };
    let end = |value: &Value| match value {
        Value::String(text) if text == ".." => Ok(None),
        Value::String(text) => Scalar::of_time(text)
            .map(Some)
            .ok_or_else(|| fault(value, "this is no time")),
        other => scalar(other, layer, depth).map(Some),
    };
    match ends.as_slice() {
        [from, to] => Ok(Span::Interval(end(from)?, end(to)?)),
        _ => Err(fault(value, "an interval has two ends")),
    }
}

fn shape(value: &Value) -> Result<Shape, FilterFault> {
    if let Some(name) = value.get("property").and_then(Value::as_str) {
        return match name.eq_ignore_ascii_case(GEOMETRY) {
            true => Ok(Shape::Row),
            false => Err(fault(value, "the property of a shape is \"geometry\"")),
        };
    }
    if let Some(sides) = value.get("bbox").and_then(Value::as_array) {
        let sides: Option<Vec<f64>> = sides.iter().map(Value::as_f64).collect();
        return sides
            .and_then(|sides| bbox(&sides))
            .map(Shape::Given)
            .ok_or_else(|| fault(value, A_BOX));
    }
    of_geojson(value)
        .map(Shape::Given)
        .map_err(|why| fault(value, &why))
}

fn fault(value: &Value, why: &str) -> FilterFault {
    FilterFault::Syntax {
        at: value.to_string().chars().take(60).collect(),
        why: why.to_owned(),
    }
}
