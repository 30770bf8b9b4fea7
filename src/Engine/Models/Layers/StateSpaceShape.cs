namespace Hearth.Engine.Models.Layers;

/// <summary>Sizes of a recurrent mixer, under the names that all such families share.</summary>
/// <param name="Width">Floats of a token's state.</param>
/// <param name="Inner">Channels, or values of all heads.</param>
/// <param name="StateLength">Numbers that a channel keeps; values of a key.</param>
/// <param name="Rank">Heads, or in the first Mamba the rank of the step sizes.</param>
/// <param name="Groups">Groups of heads that share keys.</param>
public readonly record struct StateSpaceShape(int Width, int Inner, int StateLength, int Rank, int Groups)
{
    private const int MaxStateLength = 1 << 12;

    // 256 MB a layer; the largest published models have 2.
    private const int MaxStateFloats = 1 << 26;

    /// <summary>Values of a head.</summary>
    public int HeadLength => Inner / Rank;

    /// <summary>Values, keys and queries of all heads, which go through a convolution together.</summary>
    public int ConvolvedWidth => checked(Inner + (2 * Groups * StateLength));

    /// <summary>Reads the numbers under <c>ssm</c>.</summary>
    /// <exception cref="InvalidModelException">A number is missing or out of range.</exception>
    public static StateSpaceShape Read(ModelLoader loader, int width)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters;
        var shape = new StateSpaceShape(
            width,
            parameters.Int("ssm.inner_size"),
            parameters.Int("ssm.state_size", 1, MaxStateLength),
            parameters.Int("ssm.time_step_rank"),
            parameters.Int("ssm.group_count", 1, 1, 1 << 16));
        if (shape.Inner * (long)shape.StateLength > MaxStateFloats)
        {
            throw new InvalidModelException(
                $"{loader.Name}: {shape.Inner} channels of {shape.StateLength} numbers are too much for a layer; the file is damaged.");
        }

        return shape;
    }

    /// <summary>As <see cref="Read"/>, for families whose rank is a number of heads in equal groups.</summary>
    /// <exception cref="InvalidModelException">Heads and groups do not divide.</exception>
    public static StateSpaceShape ReadHeads(ModelLoader loader, int width)
    {
        var shape = Read(loader, width);
        if (shape.Inner % shape.Rank != 0 || shape.Rank % shape.Groups != 0)
        {
            throw new InvalidModelException(
                $"{loader.Name}: {shape.Inner} channels, {shape.Rank} heads and {shape.Groups} groups do not divide; the file is damaged.");
        }

        return shape;
    }
}
