//! From a table to drafts: columns found, persons' data dropped, times and places
//! parsed, rows kept or refused with their reason. Pure: bytes in, rows and faults out.
