//! The arrows between the folders of `src/` are a test.
//!
//! [`EDGES`] is the whole truth: which folder may name which. Every `crate::` and `super`
//! path in the source is resolved and checked, inside macros too; core files name nothing
//! that does I/O, reads a clock or is asynchronous; every file says what it is for; and
//! `ARCHITECTURE.md` names every folder and no path that isn't there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

const CORE: &[&str] = &[
    "place", "datum", "calendar", "incident", "grid", "index", "roads", "risk", "patrol", "live",
    "exchange",
];

/// Folder, and the folders that it may name besides itself.
const EDGES: &[(&str, &[&str])] = &[
    ("place", &[]),
    ("datum", &["place"]),
    ("calendar", &["place"]),
    ("incident", &["place", "calendar"]),
    ("grid", &["place"]),
    ("index", &["place"]),
    ("roads", &["place", "datum", "index"]),
    ("risk", &["place", "incident", "grid", "calendar", "index"]),
    (
        "patrol",
        &[
            "place", "incident", "grid", "index", "roads", "risk", "calendar",
        ],
    ),
    (
        "live",
        &[
            "place", "incident", "grid", "index", "roads", "risk", "patrol", "calendar",
        ],
    ),
    (
        "exchange",
        &[
            "place", "datum", "calendar", "incident", "grid", "index", "roads", "risk", "patrol",
        ],
    ),
    ("store", CORE),
    (
        "app",
        &[
            "place", "datum", "calendar", "incident", "grid", "index", "roads", "risk", "patrol",
            "live", "exchange", "store",
        ],
    ),
    (
        "http",
        &[
            "place", "datum", "calendar", "incident", "grid", "index", "roads", "risk", "patrol",
            "live", "exchange", "app",
        ],
    ),
    (
        "cli",
        &[
            "place", "datum", "calendar", "incident", "grid", "index", "roads", "risk", "patrol",
            "live", "exchange", "app", "http",
        ],
    ),
];

/// Names that no core file may hold outside its tests.
const FORBIDDEN_IN_CORE: &[&[&str]] = &[
    &["tokio"],
    &["sqlx"],
    &["axum"],
    &["std", "fs"],
    &["std", "net"],
    &["std", "env"],
    &["SystemTime"],
    &["Instant"],
    &["Timestamp", "now"],
    &["Zoned", "now"],
    &["thread_rng"],
    &["rand", "rng"],
    &["rand", "random"],
    &["from_os_rng"],
];

struct Walk<'a> {
    file: &'a str,
    folder: &'a str,
    /// Module path from the crate's root, folder first.
    module: Vec<String>,
    in_tests: bool,
    faults: Vec<String>,
}

impl Walk<'_> {
    fn path(&mut self, segments: &[String]) {
        self.edge(segments);
        if CORE.contains(&self.folder) && !self.in_tests {
            for forbidden in FORBIDDEN_IN_CORE {
                if segments.windows(forbidden.len()).any(|w| w == *forbidden) {
                    self.fault(&format!("core names `{}`", forbidden.join("::")));
                }
            }
        }
    }

    fn edge(&mut self, segments: &[String]) {
        let absolute: Vec<String> = match segments.first().map(String::as_str) {
            Some("crate" | "frontbeat") => segments[1..].to_vec(),
            Some("super") => {
                let ups = segments.iter().take_while(|s| *s == "super").count();
                let keep = self.module.len().saturating_sub(ups);
                let mut path = self.module[..keep].to_vec();
                path.extend_from_slice(&segments[ups..]);
                path
            }
            _ => return,
        };
        let Some(target) = absolute.first() else {
            return;
        };
        if target == self.folder {
            return;
        }
        let allowed = EDGES.iter().find(|(from, _)| *from == self.folder);
        match allowed {
            Some((_, to)) if to.contains(&target.as_str()) => {}
            Some(_) => self.fault(&format!("`{}` may not name `{target}`", self.folder)),
            None => self.fault(&format!("folder `{}` has no row in EDGES", self.folder)),
        }
    }

    fn fault(&mut self, what: &str) {
        self.faults.push(format!("{}: {what}", self.file));
    }

    fn use_tree(&mut self, tree: &syn::UseTree, prefix: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(p) => {
                prefix.push(p.ident.to_string());
                self.use_tree(&p.tree, prefix);
                prefix.pop();
            }
            syn::UseTree::Group(g) => {
                for item in &g.items {
                    self.use_tree(item, prefix);
                }
            }
            syn::UseTree::Name(n) => {
                prefix.push(n.ident.to_string());
                self.path(&prefix.clone());
                prefix.pop();
            }
            syn::UseTree::Rename(r) => {
                prefix.push(r.ident.to_string());
                self.path(&prefix.clone());
                prefix.pop();
            }
            syn::UseTree::Glob(_) => {
                self.path(&prefix.clone());
                let own = matches!(
                    prefix.first().map(String::as_str),
                    Some("crate" | "super" | "self")
                );
                if own && !self.in_tests {
                    self.fault("a glob import hides the arrows");
                }
            }
        }
    }

    /// Paths inside a macro's tokens, which `syn` does not parse.
    fn tokens(&mut self, stream: TokenStream) {
        let mut segments: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in stream {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 && !segments.is_empty() {
                        self.path(&std::mem::take(&mut segments));
                    }
                    segments.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(p) if p.as_char() == ':' => colons += 1,
                other => {
                    if !segments.is_empty() {
                        self.path(&std::mem::take(&mut segments));
                    }
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        if !segments.is_empty() {
            self.path(&segments);
        }
    }
}

fn is_test_only(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| {
        a.path().is_ident("test")
            || (a.path().is_ident("cfg")
                && a.parse_args::<syn::Ident>()
                    .is_ok_and(|ident| ident == "test"))
    })
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let was = self.in_tests;
        self.in_tests |= is_test_only(&item.attrs);
        self.module.push(item.ident.to_string());
        syn::visit::visit_item_mod(self, item);
        self.module.pop();
        self.in_tests = was;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let was = self.in_tests;
        self.in_tests |= is_test_only(&item.attrs);
        if !matches!(item.vis, syn::Visibility::Inherited) && !self.in_tests {
            self.fault("a re-export hides the arrows");
        }
        self.use_tree(&item.tree, &mut Vec::new());
        self.in_tests = was;
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let was = self.in_tests;
        self.in_tests |= is_test_only(&item.attrs);
        syn::visit::visit_item_fn(self, item);
        self.in_tests = was;
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        if signature.asyncness.is_some() && CORE.contains(&self.folder) && !self.in_tests {
            self.fault(&format!(
                "core has an async function, `{}`",
                signature.ident
            ));
        }
        syn::visit::visit_signature(self, signature);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.path(&segments);
        syn::visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
        syn::visit::visit_macro(self, call);
    }
}

/// What is wrong with one source file; `file` is its path below `src/`.
fn faults(file: &str, source: &str) -> Vec<String> {
    let mut module: Vec<String> = file
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if module.last().is_some_and(|m| m == "mod") {
        module.pop();
    }
    let folder = module.first().cloned().unwrap_or_default();
    let root = matches!(file, "lib.rs" | "main.rs");
    let mut walk = Walk {
        file,
        folder: &folder,
        module: module.clone(),
        in_tests: file.ends_with("_tests.rs"),
        faults: Vec::new(),
    };
    if !source.starts_with("//!") {
        walk.fault("does not open with `//!`: what is it for?");
    }
    match syn::parse_file(source) {
        Ok(parsed) if !root => walk.visit_file(&parsed),
        Ok(_) => {}
        Err(error) => walk.fault(&format!("can't be parsed: {error}")),
    }
    walk.faults
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("src can be listed")
        .map(|e| e.expect("an entry").path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_file_keeps_the_arrows() {
    let src = root().join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    assert!(files.len() > 20, "the source was found");
    let mut all = Vec::new();
    for path in files {
        let name = path.strip_prefix(&src).expect("below src");
        let source = std::fs::read_to_string(&path).expect("readable");
        all.extend(faults(&name.to_string_lossy(), &source));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn a_planted_bad_file_is_rejected() {
    let planted = [
        (
            "risk/bad.rs",
            "//! x\nuse crate::store::workspace::Workspace;",
            "may not name `store`",
        ),
        (
            "risk/bad.rs",
            "//! x\nuse crate::{place::id, patrol::plan};",
            "may not name `patrol`",
        ),
        (
            "grid/a/bad.rs",
            "//! x\nuse super::super::super::risk::model;",
            "may not name `risk`",
        ),
        (
            "place/bad.rs",
            "//! x\nfn f() { println!(\"{}\", crate::risk::X); }",
            "may not name `risk`",
        ),
        (
            "http/bad.rs",
            "//! x\nfn f(w: crate::store::W) {}",
            "may not name `store`",
        ),
        ("place/bad.rs", "//! x\nasync fn f() {}", "async"),
        (
            "place/bad.rs",
            "//! x\nfn f() { std::fs::read(\"x\"); }",
            "std::fs",
        ),
        ("place/bad.rs", "//! x\nuse std::{fs, io};", "std::fs"),
        (
            "place/bad.rs",
            "//! x\nfn f() { std::time::Instant::now(); }",
            "Instant",
        ),
        (
            "place/bad.rs",
            "//! x\nfn f() { jiff::Timestamp::now(); }",
            "Timestamp::now",
        ),
        (
            "place/bad.rs",
            "//! x\nfn f() { rand::rng(); }",
            "rand::rng",
        ),
        ("place/bad.rs", "use std::io;", "//!"),
        (
            "place/bad.rs",
            "//! x\npub use crate::place::id::Id;",
            "re-export",
        ),
        ("place/bad.rs", "//! x\nuse crate::place::id::*;", "glob"),
    ];
    for (file, source, wanted) in planted {
        let found = faults(file, source);
        assert!(
            found.iter().any(|f| f.contains(wanted)),
            "{source:?} should be rejected for {wanted:?}, got {found:?}"
        );
    }
    let fine =
        "//! x\nuse crate::place::id::Id;\n#[cfg(test)]\nmod tests { use super::*; use std::fs; }";
    assert_eq!(faults("risk/fine.rs", fine), Vec::<String>::new());
}

#[test]
fn the_edges_have_no_cycle_and_name_every_folder() {
    let src = root().join("src");
    let folders: BTreeSet<String> = std::fs::read_dir(&src)
        .expect("src can be listed")
        .map(|e| e.expect("an entry"))
        .filter(|e| e.path().is_dir())
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    let named: BTreeSet<String> = EDGES.iter().map(|(f, _)| (*f).to_owned()).collect();
    assert_eq!(folders, named);
    // The rows stand in the order of the layers: an arrow only points up the list.
    for (i, (from, to)) in EDGES.iter().enumerate() {
        for target in *to {
            let j = EDGES.iter().position(|(f, _)| f == target).expect("a row");
            assert!(j < i, "{from} → {target} points down");
        }
    }
}

#[test]
fn architecture_md_is_true() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let mut missing = Vec::new();
    for piece in text.split('`').skip(1).step_by(2) {
        let looks_like_a_path = piece.contains('/')
            && !piece.contains(char::is_whitespace)
            && !piece.starts_with('/')
            && !piece.contains(['*', '{', '<', ':']);
        if looks_like_a_path
            && !root().join(piece).exists()
            && !root().join("src").join(piece).exists()
        {
            missing.push(piece.to_owned());
        }
    }
    for (folder, _) in EDGES {
        if !text.contains(&format!("`{folder}/`")) {
            missing.push(format!("{folder}/ is not described"));
        }
    }
    assert!(missing.is_empty(), "ARCHITECTURE.md: {missing:?}");
}
