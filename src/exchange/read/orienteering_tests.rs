//! Both formats, and files that are neither.

use proptest::prelude::{any, prop};
use proptest::proptest;

use crate::exchange::read::orienteering::{InstanceFault, MOST_BYTES, read};

#[test]
fn the_end_is_last_in_both_formats() {
    let team = read(b"n 3\nm 2\ntmax 7.5\n0 0 0\n1.5 2 7\n\t4 5 0\n").unwrap();
    assert_eq!(team.points, [(0.0, 0.0), (1.5, 2.0), (4.0, 5.0)]);
    assert_eq!((team.limit, team.routes), (7.5, 2));
    let single = read(b"\xef\xbb\xbf7.5\t2\r\n0 0 0\r\n4 5 0\r\n1.5 2 7.0\r\n\r\n").unwrap();
    assert_eq!(single, team);
    assert_eq!(single.profits, [0, 7, 0]);
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let fault = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(fault("  \n\n"), "the file is empty");
    assert_eq!(fault("n 3\nm 2\ntmax x\n"), "line 3: 'x' is no limit");
    assert_eq!(
        fault("5 1\n0 0 0\n\n1 1 -4\n"),
        "line 4: '-4' is no whole score of 0 or more"
    );
    assert_eq!(
        fault("5 1\n0 0 0\n1 1\n"),
        "line 3 has 2 fields; x, y and a score are expected here"
    );
    assert_eq!(fault("5 1\n0 inf 0\n"), "line 2: 'inf' is no coordinate");
    assert_eq!(
        fault("5 1\n0 0 0\n1 1 1.5\n"),
        "line 3: '1.5' is no whole score of 0 or more"
    );
    assert_eq!(
        fault("n 3\nm 1\ntmax 4\n0 0 0\n1 1 0\n"),
        "the head promises 3 points, but 2 follow"
    );
    assert_eq!(
        fault("n 3\n"),
        "there are 0 points; a start and an end are needed"
    );
    assert_eq!(
        fault("5 1\n0 0 0\n"),
        "there are 1 points; a start and an end are needed"
    );
    assert_eq!(
        fault("*********\n* Words *\n"),
        "line 1 has 1 fields; the limit and the number of routes are expected here"
    );
    assert_eq!(read(b"5 1\n\xff"), Err(InstanceFault::NotText(4)));
    assert_eq!(
        read(&vec![b' '; MOST_BYTES + 1]),
        Err(InstanceFault::TooLarge)
    );
    let many = "5 1\n".to_owned() + &"0 0 0\n".repeat(5000);
    assert_eq!(read(many.as_bytes()), Err(InstanceFault::TooMany(4098)));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn any_words_are_read_or_refused(text in "(n|m|tmax|[0-9.eE+-]{1,4}|\\s){0,60}") {
        let _ = read(text.as_bytes());
    }
}
