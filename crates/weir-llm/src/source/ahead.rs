//! Reading ahead.

use super::{ByteSource, SourceError, end_within};
use std::cell::RefCell;
use std::rc::Rc;

/// Bytes that are read at a time, from a multiple of this.
const BLOCK: u64 = 4 << 20;
/// Blocks that are kept: tensors of a layer are asked for in another order than they lie in.
const KEPT: usize = 2;

/// A source that is read in large blocks, of which the latest are kept. A model has hundreds of small
/// tensors, and in a browser each read takes a while however short it is.
#[derive(Debug)]
pub(crate) struct Ahead<S> {
    source: S,
    kept: RefCell<Vec<(u64, Rc<Vec<u8>>)>>,
}

impl<S: ByteSource> Ahead<S> {
    /// Reads `source` in blocks.
    pub(crate) const fn of(source: S) -> Self {
        Self {
            source,
            kept: RefCell::new(Vec::new()),
        }
    }

    /// The block that starts at `start`.
    async fn block(&self, start: u64) -> Result<Rc<Vec<u8>>, SourceError> {
        let is_it = |kept: &&(u64, Rc<Vec<u8>>)| kept.0 == start;
        if let Some((_, block)) = self.kept.borrow().iter().find(is_it) {
            return Ok(Rc::clone(block));
        }
        // Room is made first, so that no more than these blocks take memory.
        self.kept.borrow_mut().truncate(KEPT - 1);
        let len = BLOCK.min(self.source.len() - start) as usize;
        let block = Rc::new(self.source.read(start, len).await?);
        self.kept.borrow_mut().insert(0, (start, Rc::clone(&block)));
        Ok(block)
    }
}

impl<S: ByteSource> ByteSource for Ahead<S> {
    fn len(&self) -> u64 {
        self.source.len()
    }

    async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, SourceError> {
        let end = end_within(self.source.len(), offset, len)?;
        let mut bytes = Vec::with_capacity(len);
        let mut at = offset;
        while at < end {
            let start = at - at % BLOCK;
            let until = end.min(start + BLOCK);
            let block = self.block(start).await?;
            bytes.extend_from_slice(&block[(at - start) as usize..(until - start) as usize]);
            at = until;
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::executor::block_on;
    use std::cell::Cell;

    /// A source that counts how often it is read.
    struct Counted(Vec<u8>, Cell<usize>);

    impl ByteSource for Counted {
        fn len(&self) -> u64 {
            ByteSource::len(&self.0)
        }

        async fn read(&self, offset: u64, len: usize) -> Result<Vec<u8>, SourceError> {
            self.1.set(self.1.get() + 1);
            self.0.read(offset, len).await
        }
    }

    fn ahead() -> Ahead<Counted> {
        let bytes = (0..2 * BLOCK + 1000).map(|at| (at * 7 % 251) as u8);
        Ahead::of(Counted(bytes.collect(), Cell::default()))
    }

    #[test]
    fn what_lies_near_is_read_once_in_any_order() {
        let ahead = ahead();
        for offset in [5000, 20, BLOCK + 9, 0, BLOCK - 50, 2 * BLOCK - 100] {
            let found = block_on(ahead.read(offset, 100)).unwrap();
            let start = offset as usize;
            assert_eq!(found, ahead.source.0[start..start + 100]);
        }
        assert_eq!(ahead.source.1.get(), 2);
    }

    #[test]
    fn a_long_piece_goes_over_all_blocks_and_few_are_kept() {
        let ahead = ahead();
        let len = ahead.len() as usize;
        assert_eq!(block_on(ahead.read(0, len)).unwrap(), ahead.source.0);
        assert_eq!(ahead.kept.borrow().len(), KEPT);
        assert!(block_on(ahead.read(ahead.len(), 0)).unwrap().is_empty());
    }

    #[test]
    fn what_lies_outside_is_refused() {
        let ahead = ahead();
        for (offset, len) in [
            (ahead.len(), 1),
            (0, ahead.len() as usize + 1),
            (u64::MAX, 2),
        ] {
            let refused = block_on(ahead.read(offset, len));
            assert!(matches!(refused, Err(SourceError::OutOfRange { .. })));
        }
        assert_eq!(ahead.source.1.get(), 0);
    }
}
