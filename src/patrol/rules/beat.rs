//! Beats: a unit that is bound to some stops only there and in no beat's ground. Who backs
//! up whom is settled before: a unit's beats are those of its station, or only its own.

/// Whether a unit bound to these beats may stop in this one.
pub fn allows(bound_to: Option<&[u32]>, beat: Option<u32>) -> bool {
    match (bound_to, beat) {
        (Some(beats), Some(beat)) => beats.contains(&beat),
        _ => true,
    }
}
