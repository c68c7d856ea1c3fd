// One block of 32 weights, ready to multiply: eight vectors of four, in the order of the columns.
struct Block {
    a: vec4<f32>, b: vec4<f32>, c: vec4<f32>, d: vec4<f32>,
    e: vec4<f32>, f: vec4<f32>, g: vec4<f32>, h: vec4<f32>,
}

#if Q4
fn nibbles(word: u32, scale: vec2<f32>) -> vec4<f32> {
    let q = (vec4<u32>(word) >> vec4<u32>(0u, 8u, 16u, 24u)) & vec4<u32>(15u);
    return vec4<f32>(q) * scale.x + vec4<f32>(scale.y);
}

fn block(row: u32, index: u32) -> Block {
    let at = index * MATRIX_ROWS + row;
    let q = quants[at];
    let high = q >> vec4<u32>(4u);
    let s = scales[at];
    return Block(
        nibbles(q.x, s), nibbles(q.y, s), nibbles(q.z, s), nibbles(q.w, s),
        nibbles(high.x, s), nibbles(high.y, s), nibbles(high.z, s), nibbles(high.w, s),
    );
}
#end
#if Q8
fn signed_bytes(word: u32, scale: f32) -> vec4<f32> {
    let q = vec4<i32>(vec4<u32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u);
    return vec4<f32>(q) * scale;
}

fn block(row: u32, index: u32) -> Block {
    let at = index * MATRIX_ROWS + row;
    let p = quants[2u * at];
    let q = quants[2u * at + 1u];
#if HALVES
    let s = scales[3u * at];
    let t = scales[3u * at + 1u];
    let m = vec4<f32>(scales[3u * at + 2u]);
    return Block(
        signed_bytes(p.x, s) + m, signed_bytes(p.y, s) + m,
        signed_bytes(p.z, s) + m, signed_bytes(p.w, s) + m,
        signed_bytes(q.x, t) + m, signed_bytes(q.y, t) + m,
        signed_bytes(q.z, t) + m, signed_bytes(q.w, t) + m,
    );
#else
    let s = scales[at];
    return Block(
        signed_bytes(p.x, s), signed_bytes(p.y, s), signed_bytes(p.z, s), signed_bytes(p.w, s),
        signed_bytes(q.x, s), signed_bytes(q.y, s), signed_bytes(q.z, s), signed_bytes(q.w, s),
    );
#end
}
#end
#if F16
fn halves(low: u32, high: u32) -> vec4<f32> {
    return vec4<f32>(unpack2x16float(low), unpack2x16float(high));
}

fn block(row: u32, index: u32) -> Block {
    let at = 4u * (index * MATRIX_ROWS + row);
    let p = quants[at];
    let q = quants[at + 1u];
    let r = quants[at + 2u];
    let s = quants[at + 3u];
    return Block(
        halves(p.x, p.y), halves(p.z, p.w), halves(q.x, q.y), halves(q.z, q.w),
        halves(r.x, r.y), halves(r.z, r.w), halves(s.x, s.y), halves(s.z, s.w),
    );
}
#end
#if F32
fn block(row: u32, index: u32) -> Block {
    let at = 8u * (index * MATRIX_ROWS + row);
    return Block(
        quants[at], quants[at + 1u], quants[at + 2u], quants[at + 3u],
        quants[at + 4u], quants[at + 5u], quants[at + 6u], quants[at + 7u],
    );
}
#end
