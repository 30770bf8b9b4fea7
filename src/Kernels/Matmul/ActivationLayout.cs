using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>What a group of activations carries beside its values so that weights can stay unsigned in the dot product.</summary>
public enum GroupCorrection
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A dword of two 16-bit halves, -zero x (sum of columns 0 and 1 of each quad) and -zero x (columns 2 and 3).</summary>
    Pair,

    /// <summary>A dword, -zero x the sum of the group: for kernels whose sums have 32 bits.</summary>
    Whole,
}

/// <summary>
/// The form in which activations meet a weight format: floats, or signed bytes with one scale per block of columns, interleaved
/// for a tile of tokens. Formats with equal layouts share packed activations.
/// </summary>
/// <remarks>
/// One block of a tile of T tokens, in dwords: per group of columns its quads (dword <c>q * T + t</c> holds columns 4q to 4q + 3 of
/// token t), then T corrections unless there are none; after the last group T dwords for each pair of groups with their two
/// 16-bit sums if <see cref="GroupSums"/>; then T float scales.
/// </remarks>
/// <param name="ChunkColumns">Columns are padded with zeros to a multiple of this, the formats' chunk.</param>
/// <param name="BlockColumns">Columns that share a scale; 1 for floats.</param>
/// <param name="GroupColumns">Columns of a group.</param>
/// <param name="Correction">What follows each group.</param>
/// <param name="Zero">The weights' zero point, folded into the correction.</param>
/// <param name="GroupSums">Whether the sums of the groups follow, two to a dword.</param>
public readonly record struct ActivationLayout(
    int ChunkColumns,
    int BlockColumns,
    int GroupColumns,
    GroupCorrection Correction,
    int Zero,
    bool GroupSums)
{
    /// <summary>A block whose largest magnitude is at most this (2^-119) counts as zeros: 127 / magnitude must stay finite.</summary>
    public const float SmallestMagnitude = 1.504632769052528e-36f;

    /// <summary>Tokens of the widest tile: as many as the kernel that reads this keeps in registers. Set by the kernel, not by the format.</summary>
    public int TileTokens { get; init; }

    /// <summary>The layout as the kernels of a rung read it.</summary>
    /// <param name="tileTokens"><see cref="TileTokens"/>.</param>
    internal ActivationLayout For<TRung>(int tileTokens)
        where TRung : unmanaged, IRung<TRung>
        => this with
        {
            TileTokens = tileTokens,
            Correction = Correction == GroupCorrection.Pair && TRung.HasByteDot ? GroupCorrection.Whole : Correction,
        };

    /// <summary>Floats are multiplied by two to this power, exactly unless they overflow, when they are packed.</summary>
    public int Exponent { get; init; }

    /// <summary>Plain floats, interleaved by token.</summary>
    public static ActivationLayout Float { get; } = new(8, 1, 1, GroupCorrection.None, 0, false);

    /// <summary>Whether the values stay floats.</summary>
    public bool IsFloat => BlockColumns == 1;

    /// <summary>Bytes of one token's activations of <paramref name="columns"/> columns.</summary>
    /// <param name="columns">Columns of the matrix.</param>
    public long TokenBytes(int columns)
    {
        long padded = (columns + ChunkColumns - 1L) / ChunkColumns * ChunkColumns;
        return padded / BlockColumns * BlockBytes;
    }

    /// <summary>Bytes of one block for one token.</summary>
    public int BlockBytes
    {
        get
        {
            if (IsFloat)
                return sizeof(float);
            int groups = BlockColumns / GroupColumns;
            int corrections = Correction == GroupCorrection.None ? 0 : groups * sizeof(int);
            int sums = GroupSums ? groups / 2 * sizeof(int) : 0;
            return BlockColumns + corrections + sums + sizeof(float);
        }
    }
}
