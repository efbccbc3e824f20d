//! Skills: a stop that needs some is made only by a unit that has all of them.

/// Whether a unit with these skills may make a stop with these needs.
pub fn suffices(skills: &[String], needs: &[String]) -> bool {
    needs.iter().all(|need| skills.contains(need))
}
