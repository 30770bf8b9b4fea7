using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Isa;

/// <summary>
/// A rung seen as one register type of 64 bytes: sixteen floats, sixteen 32-bit integers, or the 64 bytes of a quad line
/// (16 rows x 4 columns; see <c>docs/kernels.md</c>). One zmm, two ymm, four NEON registers or a plain array hold it, so that a
/// kernel is written once and gives the same bytes everywhere.
/// </summary>
/// <remarks>
/// The operators work on sixteen IEEE floats and round each result once. Integer members are exact. Reductions add lane i to
/// lane i + 8, then i + 4, i + 2, i + 1: one order for all rungs.
/// </remarks>
/// <typeparam name="TSelf">The register type.</typeparam>
public unsafe interface IRung<TSelf>
    where TSelf : unmanaged, IRung<TSelf>
{
    /// <summary>Which rung this is.</summary>
    static abstract Rung Rung { get; }

    /// <summary>Whether this process can run it. The just-in-time compiler folds it to a constant.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Tokens of the widest tile whose accumulators stay in registers.</summary>
    static abstract int TileTokens { get; }

    /// <summary>The same of float weights, which need no registers for integer sums.</summary>
    static abstract int FloatTileTokens { get; }

    /// <summary>
    /// True when <see cref="Dot"/> multiplies full-range bytes into sums of 32 bits. Otherwise two narrow dots, of the low and of the high nibbles, are the
    /// faster way to a dot product of full-range bytes (see <see cref="TimesSixteen"/>).
    /// </summary>
    static abstract bool HasByteDot { get; }

    /// <summary>
    /// Whether types that are costly to unpack are unpacked once for many tokens, because that is worth the lines' way through the first-level cache.
    /// </summary>
    static virtual bool UnpacksAhead => false;

    /// <summary>Whether <see cref="Prefetch"/> does anything.</summary>
    static abstract bool Prefetches { get; }

    /// <summary>Sixteen zeros.</summary>
    static abstract TSelf Zero { get; }

    // Sixteen floats.

    /// <summary>One float in all lanes.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>Sixteen floats from memory, any alignment.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>Sixteen floats to memory, any alignment.</summary>
    static abstract void Store(TSelf value, float* destination);

    /// <summary>Sixteen halves, widened exactly (finite values).</summary>
    static abstract TSelf LoadHalf(ushort* source);

    /// <summary>
    /// Sixteen halves times 2^-112, exactly (finite values): what their bits mean as floats before the bias is mended. Saves a
    /// multiplication where the other factor of a product can carry the 2^112.
    /// </summary>
    static abstract TSelf LoadSmallHalf(ushort* source);

    /// <summary>Sixteen brain floats, widened exactly.</summary>
    static abstract TSelf LoadBFloat16(ushort* source);

    /// <summary>Sixteen signed bytes as floats.</summary>
    static abstract TSelf FromSBytes(Vector128<sbyte> values);

    /// <summary>
    /// (nibble - 8) x scale of sixteen bytes: first their low nibbles, then their high ones. The products are exact for scales that were halves.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void LoadNibbles(byte* source, float* scale, out TSelf low, out TSelf high)
    {
        var nibble = Vector128.Create((byte)15);
        var zero = Vector128.Create((sbyte)8);
        var both = Vector128.Load(source);
        var all = TSelf.Broadcast(*scale);
        low = TSelf.FromSBytes((both & nibble).AsSByte() - zero) * all;
        high = TSelf.FromSBytes(((both.AsUInt16() >> 4).AsByte() & nibble).AsSByte() - zero) * all;
    }

    /// <summary>Lane-wise sum.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>Lane-wise difference.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>Lane-wise product.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>Lane-wise quotient.</summary>
    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>a * b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>a * b + c, rounded once, for one b of all lanes: a rung may take it from memory within the same instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf MultiplyAdd(TSelf a, float* b, TSelf c) => TSelf.MultiplyAdd(a, TSelf.Broadcast(*b), c);

    /// <summary>c - a * b, rounded once.</summary>
    static abstract TSelf NegatedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>left &gt; right ? left : right; the right one when either is not a number.</summary>
    static abstract TSelf Max(TSelf left, TSelf right);

    /// <summary>left &lt; right ? left : right; the right one when either is not a number.</summary>
    static abstract TSelf Min(TSelf left, TSelf right);

    /// <summary>Magnitude.</summary>
    static abstract TSelf Abs(TSelf value);

    /// <summary>Square root, correctly rounded.</summary>
    static abstract TSelf Sqrt(TSelf value);

    /// <summary>Nearest integral float, halves to even.</summary>
    static abstract TSelf Round(TSelf value);

    /// <summary>2 to the power of each lane; lanes are integral and within [-126, 127]. Zero for -127.</summary>
    static abstract TSelf PowerOfTwo(TSelf exponent);

    /// <summary>left &gt; right ? whenGreater : otherwise, lane by lane.</summary>
    static abstract TSelf SelectGreater(TSelf left, TSelf right, TSelf whenGreater, TSelf otherwise);

    /// <summary>Lanes 2i and 2i + 1 exchanged.</summary>
    static abstract TSelf SwapPairs(TSelf value);

    /// <summary>The sum of the sixteen lanes in the fixed tree order.</summary>
    static abstract float Sum(TSelf value);

    /// <summary>The largest of the sixteen lanes, by <see cref="Max"/> in the same tree.</summary>
    static abstract float MaxLane(TSelf value);

    /// <summary>
    /// Sixteen floats rounded to the nearest integer (halves to even) and stored as sixteen signed bytes; lanes are within [-127, 127].
    /// </summary>
    static abstract void StoreAsSBytes(TSelf value, sbyte* destination);

    // Sixty-four bytes, and integer sums.

    /// <summary>Asks for the line that a stream of weights needs soon, where the CPU wants to be asked.</summary>
    static abstract void Prefetch(byte* source);

    /// <summary>
    /// Asks for the very line at <paramref name="source"/>, as one of rows that do not follow one another. Into the second cache, which can wait for more
    /// lines than the first: 1.5 times the speed on a Zen 4.
    /// </summary>
    static virtual void PrefetchLine(byte* source)
    {
    }

    /// <summary>A quad line of weights; asks for the line that the decode stream needs next where the CPU wants to be asked.</summary>
    static abstract TSelf LoadLine(byte* source);

    /// <summary>The same byte in all 64 places.</summary>
    static abstract TSelf BroadcastByte(byte value);

    /// <summary>The 16 bytes at <paramref name="source"/> in each quarter: the table of <see cref="Lookup"/>.</summary>
    static abstract TSelf LoadTable(byte* source);

    /// <summary>table[index &amp; 15] for each of the 64 bytes.</summary>
    static abstract TSelf Lookup(TSelf table, TSelf indices);

    /// <summary>Bitwise and with a mask that <see cref="BroadcastByte"/> or <see cref="LoadTable"/> gave: its quarters are equal.</summary>
    static abstract TSelf And(TSelf value, TSelf mask);

    /// <summary>value | (bits &amp; mask), with a mask that <see cref="BroadcastByte"/> gave; value has no bit there yet.</summary>
    static abstract TSelf Insert(TSelf value, TSelf bits, TSelf mask);

    /// <summary>Each byte shifted right by <paramref name="bits"/>; what enters at its top may be the neighbour byte's, and is masked by whoever uses it.</summary>
    static abstract TSelf ShiftRight(TSelf value, int bits);

    /// <summary>Each byte shifted left by <paramref name="bits"/>; what enters at its bottom may be the neighbour byte's.</summary>
    static abstract TSelf ShiftLeft(TSelf value, int bits);

    /// <summary>
    /// Each byte shifted right by <paramref name="bits"/> and masked with what <see cref="BroadcastByte"/> gave, which covers what came from the
    /// neighbour byte.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf ShiftRight(TSelf value, int bits, TSelf mask) => TSelf.And(TSelf.ShiftRight(value, bits), mask);

    /// <summary>
    /// Each byte shifted left by <paramref name="bits"/> and masked with what <see cref="BroadcastByte"/> gave, which covers what came from the
    /// neighbour byte.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf ShiftLeft(TSelf value, int bits, TSelf mask) => TSelf.And(TSelf.ShiftLeft(value, bits), mask);

    /// <summary>
    /// The start of a narrow dot product. Where <see cref="HasByteDot"/>, sums have 32 bits and <paramref name="correction"/> is a number; elsewhere it is
    /// a pair of 16-bit halves whose sum is the correction.
    /// </summary>
    static abstract TSelf StartDot(int correction);

    /// <summary>
    /// Adds the products of a quad line (unsigned, at most 127) with one token's 4 activations (signed bytes, at most 127 in magnitude).
    /// Of each row, the sum over columns 0 and 1 of all quads and the sum over columns 2 and 3 must fit 16 bits, correction included, when the
    /// group ends; on the way they may wrap.
    /// </summary>
    static abstract TSelf Dot(TSelf sum, TSelf weights, byte* activations);

    /// <summary><see cref="Dot"/> of four tokens whose activations follow one another: a rung chooses the order of its instructions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void DotFour(ref TSelf first, ref TSelf second, ref TSelf third, ref TSelf fourth, TSelf weights, byte* activations)
    {
        first = TSelf.Dot(first, weights, activations);
        second = TSelf.Dot(second, weights, activations + 4);
        third = TSelf.Dot(third, weights, activations + 8);
        fourth = TSelf.Dot(fourth, weights, activations + 12);
    }

    /// <summary>The narrow sums as sixteen 32-bit integers.</summary>
    static abstract TSelf ToInt32(TSelf sum);

    /// <summary>Group scales of sixteen rows (unsigned bytes, at most 127), in the form that <see cref="ScaleAdd"/> takes.</summary>
    static abstract TSelf LoadScales(byte* source);

    /// <summary>Group scales of sixteen rows (signed bytes), in the form that <see cref="ScaleAdd"/> takes.</summary>
    static abstract TSelf LoadSignedScales(sbyte* source);

    /// <summary>total + scales * narrow sums, as sixteen 32-bit integers.</summary>
    static abstract TSelf ScaleAdd(TSelf total, TSelf sum, TSelf scales);

    /// <summary><see cref="ScaleAdd"/> of four tokens: a rung chooses how it is written down for the compiler.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void ScaleAddFour(
        ref TSelf first, ref TSelf second, ref TSelf third, ref TSelf fourth, TSelf sum1, TSelf sum2, TSelf sum3, TSelf sum4, TSelf scales)
    {
        first = TSelf.ScaleAdd(first, sum1, scales);
        second = TSelf.ScaleAdd(second, sum2, scales);
        third = TSelf.ScaleAdd(third, sum3, scales);
        fourth = TSelf.ScaleAdd(fourth, sum4, scales);
    }

    /// <summary>The same group scale for all rows, in the form that <see cref="ScaleAdd"/> takes.</summary>
    static abstract TSelf BroadcastScale(short scale);

    /// <summary>Group scales as <see cref="LoadSignedScales"/> gives them, times 16.</summary>
    static abstract TSelf TimesSixteen(TSelf scales);

    /// <summary>Two signed bytes per row, widened, in the form that <see cref="PairAdd"/> takes.</summary>
    static abstract TSelf LoadPairs(byte* source);

    /// <summary>total + the dot product of row r's pair with the 16-bit halves of <paramref name="sums"/>, as sixteen 32-bit integers.</summary>
    static abstract TSelf PairAdd(TSelf total, TSelf pairs, int sums);

    /// <summary>total + 16 x values, as sixteen 32-bit integers.</summary>
    static abstract TSelf AddTimesSixteen(TSelf total, TSelf values);

    /// <summary>
    /// The start of a wide dot product, where <see cref="HasByteDot"/>: sixteen 32-bit integers, 16 x <paramref name="correction"/>. That is
    /// -128 x the sum of the activations, the bias of the bytes; rungs that multiply signed bytes start at zero.
    /// </summary>
    static abstract TSelf StartWide(int correction);

    /// <summary>
    /// A line of signed bytes, biased by 128, in the form that <see cref="Dot"/> adds to a wide dot product where <see cref="HasByteDot"/>; as it is
    /// where <see cref="HasCrossedDot"/>.
    /// </summary>
    static abstract TSelf WholeBytes(TSelf biased);

    // Crossed products: see CrossedKernel. Only where HasCrossedDot.

    /// <summary>
    /// Whether full-range bytes are multiplied fastest by crossed products. Where bytes have an instruction of their own they are not.
    /// </summary>
    static virtual bool HasCrossedDot => false;

    /// <summary>Bytes 0 and 2 of each row of a line of signed bytes, biased by 128, as 16 bits without the bias.</summary>
    static virtual TSelf EvenBytes(TSelf line) => throw new NotSupportedException();

    /// <summary>Bytes 1 and 3 of each row of a line of signed bytes, biased by 128, as 16 bits without the bias.</summary>
    static virtual TSelf OddBytes(TSelf line) => throw new NotSupportedException();

    /// <summary>Pairs of 16 bits times scales as <see cref="LoadSignedScales"/> gives them; products fit 16 bits.</summary>
    static virtual TSelf TimesScales(TSelf pairs, TSelf scales) => throw new NotSupportedException();

    /// <summary>total - the products of a row's even with its odd bytes, as sixteen 32-bit integers.</summary>
    static virtual TSelf SubtractProducts(TSelf total, TSelf even, TSelf odd) => throw new NotSupportedException();

    /// <summary>The start of a crossed dot product: a number of each row + one of a token.</summary>
    static virtual TSelf StartCrossed(TSelf rows, int token) => throw new NotSupportedException();

    /// <summary>
    /// sum + (even + odd activations) x (odd + even activations), two products of 16 bits a row. Activations are pairs of 16 bits.
    /// </summary>
    static virtual TSelf CrossedDot(TSelf sum, TSelf even, TSelf odd, byte* evenActivations, byte* oddActivations)
        => throw new NotSupportedException();

    /// <summary>Sixteen 32-bit integers as floats, rounded to nearest.</summary>
    static abstract TSelf ToSingle(TSelf integers);

    /// <summary>Sixteen floats + 32-bit integers x (scale x token scale); the scales' product is rounded, then the sum once.</summary>
    static abstract TSelf Accumulate(TSelf floats, TSelf integers, TSelf scale, float tokenScale);

    /// <summary>Sixteen floats + narrow sums x (scale x token scale); the scales' product is rounded, then the sum once.</summary>
    static abstract TSelf AccumulateNarrow(TSelf floats, TSelf sum, TSelf scale, float tokenScale);
}
