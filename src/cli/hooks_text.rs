//! Hooks and what was told to them, as lines.

use crate::live::hook::delivery::Delivery;
use crate::live::hook::filter::{Fence, HookFilter};
use crate::live::hook::registered::Hook;

/// A hook in two lines.
pub fn hook_lines(hook: &Hook) -> String {
    let ended = hook.ended.map_or(String::new(), |(at, why)| {
        format!(", {} {at:.0}", why.word())
    });
    format!(
        "{:4} {:20} {}  since {:.0}{ended}\n     {}\n",
        hook.id,
        hook.name,
        hook.target,
        hook.made_at,
        wants(&hook.settings.filter)
    )
}

fn wants(filter: &HookFilter) -> String {
    let mut text = filter.events.join(", ");
    if !filter.categories.is_empty() {
        text.push_str(" of ");
        text.push_str(&filter.categories.join(", "));
    }
    let ground: Vec<String> = filter.within.iter().map(fence).collect();
    if !ground.is_empty() {
        text.push_str(" in ");
        text.push_str(&ground.join(", "));
    }
    text
}

fn fence(fence: &Fence) -> String {
    match fence {
        Fence::Beat { id } => format!("beat {id}"),
        Fence::Zone { id } => format!("zone {id}"),
        Fence::Station { id } => format!("station {id}"),
        Fence::Area { area } => format!("an area of {:.2} km²", area.km2()),
    }
}

/// A message in one line.
pub fn delivery_line(it: &Delivery) -> String {
    let status = it
        .status
        .map_or(String::new(), |status| format!(" {status}"));
    let fault = it
        .fault
        .as_ref()
        .map_or(String::new(), |why| format!(": {why}"));
    format!(
        "{:6} {:20} {:9} tries {:2}{status}  {:.0}  {}{fault}\n",
        it.number,
        it.event,
        it.state.word(),
        it.tries,
        it.made_at,
        it.message
    )
}
