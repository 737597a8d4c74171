//! Why a file is not spliced.

/// Why a file is not spliced. Nothing of it is kept or lost: the input is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JpegError {
    /// No JPEG's structure.
    #[error("the file is not a JPEG picture: {0}")]
    NotJpeg(&'static str),
    /// A JPEG of a form that is not spliced; decode and encode it.
    #[error("this form of JPEG is not spliced: {0}")]
    Unsupported(&'static str),
    /// The scan does not hold what the header says.
    #[error("the picture is damaged: {what}, in MCU {mcu} of {of}")]
    Damaged {
        /// What is wrong.
        what: &'static str,
        /// The first MCU that is not whole, from 0 on.
        mcu: usize,
        /// MCUs of the picture.
        of: usize,
    },
    /// The box is empty or not inside the picture.
    #[error("the mark's box has to lie inside the picture of {width} × {height} MCUs")]
    Box {
        /// MCUs in a row.
        width: usize,
        /// Rows of MCUs.
        height: usize,
    },
    /// The undo data belongs to another file.
    #[error("the undo data does not belong to this picture")]
    Undo,
    /// The file's Huffman tables lack a code without which the mark cannot be written.
    #[error("the picture's tables have no code for the mark")]
    NoCode,
}
