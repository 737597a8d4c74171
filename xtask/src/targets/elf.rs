//! Is a shared object one that Android would load: for the right processor, and with its segments on pages of 16 KB?
//!
//! Phones with pages of 16 KB map a library's LOAD segments page by page; one that is aligned to 4 KB cannot be mapped there, and the Play
//! store takes no app with such a 64-bit library. The rule of the ELF standard behind it: a segment's address and its place in the file
//! are the same modulo its alignment. 32-bit processors have pages of 4 KB only.

use object::elf::{EM_AARCH64, EM_ARM, EM_X86_64, ET_DYN, FileHeader32, FileHeader64, Machine, PT_LOAD};
use object::read::elf::{FileHeader, ProgramHeader as _};
use object::{Endianness, FileKind};

/// A page on newer phones.
pub(crate) const PAGE: u64 = 16 * 1024;
const OLD_PAGE: u64 = 4 * 1024;

/// A processor, as Android's folders name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Abi {
    pub(crate) name: &'static str,
    /// ELF's number of the processor.
    machine: Machine,
    /// The least alignment that every phone with this processor can map.
    pub(crate) page: u64,
}

pub(crate) const ARM64: Abi = Abi { name: "arm64-v8a", machine: EM_AARCH64, page: PAGE };
pub(crate) const ARM32: Abi = Abi { name: "armeabi-v7a", machine: EM_ARM, page: OLD_PAGE };
pub(crate) const INTEL64: Abi = Abi { name: "x86_64", machine: EM_X86_64, page: PAGE };

/// Those that the app is packed for.
pub(crate) const ABIS: [Abi; 3] = [ARM64, ARM32, INTEL64];

/// Why a library cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadLibrary {
    #[error("it is no ELF file: {0}")]
    Unreadable(String),
    #[error("it is no shared object (ELF type {0}, wanted 3)")]
    NotShared(u16),
    #[error("it is for another processor (ELF machine {found}, wanted {wanted})")]
    OtherProcessor { found: u16, wanted: u16 },
    #[error("it has no LOAD segment")]
    NoSegment,
    #[error(
        "its LOAD segment {segment} is aligned to {found} bytes, at least {wanted} are wanted; link it with -z max-page-size={wanted} (RUSTFLAGS \
         in the environment replaces the flags of .cargo/config.toml)"
    )]
    SmallPages { segment: usize, found: u64, wanted: u64 },
    #[error(
        "its LOAD segment {segment} is not where its alignment of {align} bytes wants it: address {address:#x}, place in the file {offset:#x}"
    )]
    OffPage { segment: usize, align: u64, address: u64, offset: u64 },
}

/// Checks a library for this processor and gives the least alignment of its LOAD segments, which is `wanted` bytes or more.
pub(crate) fn check(bytes: &[u8], abi: Abi, wanted: u64) -> Result<u64, BadLibrary> {
    let unreadable = |error: object::read::Error| BadLibrary::Unreadable(error.to_string());
    match FileKind::parse(bytes).map_err(unreadable)? {
        FileKind::Elf64 => segments::<FileHeader64<Endianness>>(bytes, abi, wanted),
        FileKind::Elf32 => segments::<FileHeader32<Endianness>>(bytes, abi, wanted),
        other => Err(BadLibrary::Unreadable(format!("{other:?}"))),
    }
}

fn segments<Elf: FileHeader<Endian = Endianness>>(bytes: &[u8], abi: Abi, wanted: u64) -> Result<u64, BadLibrary> {
    let unreadable = |error: object::read::Error| BadLibrary::Unreadable(error.to_string());
    let header = Elf::parse(bytes).map_err(unreadable)?;
    let endian = header.endian().map_err(unreadable)?;
    if header.e_machine(endian) != abi.machine {
        return Err(BadLibrary::OtherProcessor { found: header.e_machine(endian).0, wanted: abi.machine.0 });
    }
    if header.e_type(endian) != ET_DYN {
        return Err(BadLibrary::NotShared(header.e_type(endian).0));
    }
    let mut least = None;
    let loads = header.program_headers(endian, bytes).map_err(unreadable)?;
    for (segment, load) in loads.iter().filter(|one| one.p_type(endian) == PT_LOAD).enumerate() {
        let align: u64 = load.p_align(endian).into();
        let (address, offset): (u64, u64) = (load.p_vaddr(endian).into(), load.p_offset(endian).into());
        if align < wanted {
            return Err(BadLibrary::SmallPages { segment, found: align, wanted });
        }
        if address % align != offset % align {
            return Err(BadLibrary::OffPage { segment, align, address, offset });
        }
        least = Some(least.map_or(align, |least: u64| least.min(align)));
    }
    least.ok_or(BadLibrary::NoSegment)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::process::Command;

    use super::*;

    /// A shared object for a 64-bit processor whose one segment has this alignment.
    pub(crate) fn shared(abi: Abi, align: u64) -> Vec<u8> {
        crafted(ET_DYN.0, abi.machine.0, align, 0)
    }

    /// A shared object for 64-bit ARM by hand: the 64 bytes of the ELF header, then one program header of 56 bytes.
    fn crafted(kind: u16, machine: u16, align: u64, address: u64) -> Vec<u8> {
        let mut bytes = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0];
        bytes.extend([0; 8]);
        for half in [kind, machine] {
            bytes.extend(half.to_le_bytes());
        }
        bytes.extend(1_u32.to_le_bytes());
        // Entry, program headers right behind, no section headers.
        for word in [0_u64, 64, 0] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend(0_u32.to_le_bytes());
        for half in [64_u16, 56, 1, 64, 0, 0] {
            bytes.extend(half.to_le_bytes());
        }
        // LOAD, readable; offset, two addresses, two sizes, alignment.
        for half in [1_u32, 4] {
            bytes.extend(half.to_le_bytes());
        }
        for word in [0, address, address, 120, 120, align] {
            bytes.extend(word.to_le_bytes());
        }
        assert_eq!(bytes.len(), 120);
        bytes
    }

    #[test]
    fn a_segment_on_pages_of_16_kb_is_taken_and_one_on_4_kb_is_not() {
        assert_eq!(check(&crafted(3, 183, 16384, 0x4000), ARM64, PAGE), Ok(16384));
        assert_eq!(check(&crafted(3, 183, 65536, 0), ARM64, PAGE), Ok(65536));
        let small = check(&crafted(3, 183, 4096, 0x4000), ARM64, PAGE).unwrap_err();
        assert_eq!(small, BadLibrary::SmallPages { segment: 0, found: 4096, wanted: 16384 });
        assert!(small.to_string().contains("-z max-page-size=16384"));
        assert_eq!(check(&crafted(3, 183, 4096, 0x4000), ARM64, OLD_PAGE), Ok(4096));
    }

    #[test]
    fn a_segment_off_its_page_another_processor_and_a_program_are_refused() {
        let off = BadLibrary::OffPage { segment: 0, align: 16384, address: 0x1000, offset: 0 };
        assert_eq!(check(&crafted(3, 183, 16384, 0x1000), ARM64, PAGE), Err(off));
        let intel = BadLibrary::OtherProcessor { found: 62, wanted: 183 };
        assert_eq!(check(&crafted(3, 62, 16384, 0), ARM64, PAGE), Err(intel));
        assert_eq!(check(&crafted(2, 183, 16384, 0), ARM64, PAGE), Err(BadLibrary::NotShared(2)));
        assert!(matches!(check(b"MZ, by the look of it", ARM64, PAGE), Err(BadLibrary::Unreadable(_))));
        let mut torn = crafted(3, 183, 16384, 0);
        torn.truncate(100);
        assert!(matches!(check(&torn, ARM64, PAGE), Err(BadLibrary::Unreadable(_))));
    }

    /// The same by a linker that is not ours.
    #[test]
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    fn real_libraries_are_told_apart_by_their_linkers_flag() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("x.c");
        std::fs::write(&source, "static int a = 1; int f(void) { return a++; }\n").unwrap();
        for (page, expected) in [(16384, Ok(16384)), (4096, Err(4096))] {
            let out = folder.path().join(format!("{page}.so"));
            let mut cc = Command::new("cc");
            cc.args(["-shared", "-fPIC", &format!("-Wl,-z,max-page-size={page}"), "-o"]).arg(&out).arg(&source);
            assert!(cc.status().unwrap().success());
            let found = check(&std::fs::read(&out).unwrap(), INTEL64, PAGE);
            let found = found.map_err(|bad| match bad {
                BadLibrary::SmallPages { found, .. } => found,
                other => panic!("{other}"),
            });
            assert_eq!(found, expected);
        }
    }
}
