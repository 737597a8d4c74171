//! What stands around the picture and would contradict its mark: the policy, and how it is undone.
//!
//! | | splice | strip |
//! |---|---|---|
//! | EXIF thumbnail: the small picture without its mark | cleared, its directory no longer linked | stays: nothing of the picture is covered |
//! | EXIF's width and height | as they are | those of the picture with its strip |
//! | behind the end marker: gain map, second picture, film, whatever a maker appends | taken off, kept with the undo data | stays, each byte turned by [`TURN`], so that nothing takes it for a picture |
//! | segment that points there (MPF) | its name is changed to `mPF`, so that nobody follows it | the same |
//! | the words "motion photo" in XMP | said to be 0 | the same |
//!
//! Without its gain map an Ultra HDR picture is shown as the SDR picture that it is as well: the map would tint the mark. Everything else,
//! makers' notes with previews of their own included, is as the camera wrote it. Bytes are changed where they stand and never moved, so
//! that what points to them stays true; a [`Patch`] keeps what was there.

use crate::exif::Exif;
use crate::header::Header;

/// Bytes that were changed in the segments before the scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Patch {
    /// The place of the first one in the camera's file.
    pub(crate) at: usize,
    /// What was there.
    pub(crate) old: Vec<u8>,
}

/// What bytes behind the end marker are combined with: no marker and no box of a film begins as it did.
pub(crate) const TURN: u8 = 0xA5;

/// Turns bytes, or turns them back.
pub(crate) fn turned(bytes: &[u8]) -> impl Iterator<Item = u8> + '_ {
    bytes.iter().map(|byte| byte ^ TURN)
}

/// Changes what points behind the end marker.
pub(crate) fn unlink(file: &[u8], header: &Header, head: &mut [u8], patches: &mut Vec<Patch>) {
    for (code, body) in &header.applications {
        let Some(bytes) = file.get(body.clone()) else { continue };
        match code {
            0xE2 if bytes.starts_with(b"MPF\0") => patch(head, patches, body.start, b"m"),
            0xE1 if bytes.starts_with(b"http://ns.adobe.com/xap/1.0/\0") => {
                for name in [&b":MotionPhoto"[..], b":MicroVideo"] {
                    for said in [&b"=\"1\""[..], b"='1'", b">1<"] {
                        let said = [name, said].concat();
                        for (found, _) in bytes.windows(said.len()).enumerate().filter(|(_, piece)| *piece == said) {
                            patch(head, patches, body.start + found + said.len() - 2, b"0");
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

/// Clears the thumbnail.
pub(crate) fn clear_thumbnail(file: &[u8], header: &Header, head: &mut [u8], patches: &mut Vec<Patch>) {
    if let Some((link, thumbnail)) = Exif::places(file, header).thumbnail {
        patch(head, patches, link.start, &[0; 4]);
        patch(head, patches, thumbnail.start, &vec![0; thumbnail.len()]);
    }
}

/// Says another size where EXIF says the picture's own.
pub(crate) fn resize(file: &[u8], header: &Header, head: &mut [u8], patches: &mut Vec<Patch>, width: u16, height: u16) {
    let places = Exif::places(file, header);
    for (place, (was, is)) in places.sizes.iter().zip([(header.width, width), (header.height, height)]) {
        let Some((at, bytes, little)) = *place else { continue };
        let written = |value: u32| {
            let mut all = value.to_be_bytes()[4 - bytes..].to_vec();
            if little {
                all.reverse();
            }
            all
        };
        if u32::try_from(was).is_ok_and(|was| file.get(at..at + bytes) == Some(&written(was)[..]))
            && was != usize::from(is)
        {
            patch(head, patches, at, &written(u32::from(is)));
        }
    }
}

fn patch(head: &mut [u8], patches: &mut Vec<Patch>, at: usize, new: &[u8]) {
    if let Some(place) = head.get_mut(at..at + new.len()) {
        patches.push(Patch { at, old: place.to_vec() });
        place.copy_from_slice(new);
    }
}

/// Puts back what was changed, the last change first; false if a place is not there.
#[must_use]
pub(crate) fn put_back(head: &mut [u8], patches: &[Patch]) -> bool {
    patches.iter().rev().all(|patch| {
        let end = patch.at.checked_add(patch.old.len());
        let place = end.and_then(|end| head.get_mut(patch.at..end));
        place.map(|place| place.copy_from_slice(&patch.old)).is_some()
    })
}
