// The block of a matrix in row `row` at columns 32 * index and on.
#if Q4
fn MATRIX_block(row: u32, index: u32) -> Block {
    let at = index * MATRIX_ROWS + row;
    let q = MATRIX_quants[at];
    let high = q >> vec4<u32>(4u);
    let s = MATRIX_scales[at];
    return Block(
        nibbles(q.x, s), nibbles(q.y, s), nibbles(q.z, s), nibbles(q.w, s),
        nibbles(high.x, s), nibbles(high.y, s), nibbles(high.z, s), nibbles(high.w, s),
    );
}
#end
#if Q8
fn MATRIX_block(row: u32, index: u32) -> Block {
    let at = index * MATRIX_ROWS + row;
    let p = MATRIX_quants[2u * at];
    let q = MATRIX_quants[2u * at + 1u];
#if HALVES
    let s = MATRIX_scales[3u * at];
    let t = MATRIX_scales[3u * at + 1u];
    let m = vec4<f32>(MATRIX_scales[3u * at + 2u]);
    return Block(
        signed_bytes(p.x, s) + m, signed_bytes(p.y, s) + m,
        signed_bytes(p.z, s) + m, signed_bytes(p.w, s) + m,
        signed_bytes(q.x, t) + m, signed_bytes(q.y, t) + m,
        signed_bytes(q.z, t) + m, signed_bytes(q.w, t) + m,
    );
#else
    let s = MATRIX_scales[at];
    return Block(
        signed_bytes(p.x, s), signed_bytes(p.y, s), signed_bytes(p.z, s), signed_bytes(p.w, s),
        signed_bytes(q.x, s), signed_bytes(q.y, s), signed_bytes(q.z, s), signed_bytes(q.w, s),
    );
#end
}
#end
#if F16
fn MATRIX_block(row: u32, index: u32) -> Block {
    let at = 4u * (index * MATRIX_ROWS + row);
    let p = MATRIX_quants[at];
    let q = MATRIX_quants[at + 1u];
    let r = MATRIX_quants[at + 2u];
    let s = MATRIX_quants[at + 3u];
    return Block(
        halves(p.x, p.y), halves(p.z, p.w), halves(q.x, q.y), halves(q.z, q.w),
        halves(r.x, r.y), halves(r.z, r.w), halves(s.x, s.y), halves(s.z, s.w),
    );
}
#end
#if F32
fn MATRIX_block(row: u32, index: u32) -> Block {
    let at = 8u * (index * MATRIX_ROWS + row);
    return Block(
        MATRIX_quants[at], MATRIX_quants[at + 1u], MATRIX_quants[at + 2u], MATRIX_quants[at + 3u],
        MATRIX_quants[at + 4u], MATRIX_quants[at + 5u], MATRIX_quants[at + 6u], MATRIX_quants[at + 7u],
    );
}
#end
