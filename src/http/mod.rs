//! Over the wire: JSON, tiles, problem documents, the page.
