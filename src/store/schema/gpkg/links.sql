-- Since version 7: links with which a unit's phone opens its sheet. A link is signed, so that
-- it is not kept; what is kept is which there are, and the key they are signed with, which
-- is no layer: programs have no use for it.

CREATE TABLE unit_links (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id TEXT NOT NULL UNIQUE CHECK (id <> ''),
    unit TEXT NOT NULL CHECK (unit <> ''),
    made_at DATETIME NOT NULL,
    until DATETIME NOT NULL,
    revoked_at DATETIME
);
CREATE INDEX unit_links_unit ON unit_links (unit);

CREATE TABLE link_keys (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    key BLOB NOT NULL
);

INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('unit_links', 'attributes', 'unit links 警组链接', 'which links units'' phones have', NULL);
