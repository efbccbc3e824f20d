//! The faces that documents and pictures are set in: the program's own and, where a character
//! needs one, those that this machine has installed.

use std::sync::OnceLock;

use resvg::usvg::fontdb::Database;

use crate::exchange::print::faces::Faces;

static FACES: OnceLock<Faces> = OnceLock::new();

/// The faces at hand; the machine's are looked for when the first character needs them.
pub fn print_faces() -> &'static Faces {
    FACES.get_or_init(|| {
        Faces::new(|| {
            let mut system = Database::new();
            system.load_system_fonts();
            system
        })
    })
}
