namespace Hearth.Engine.Models.Layers;

/// <summary>Which layers see only the last positions, and how many.</summary>
public sealed class SlidingWindow
{
    private readonly bool[] windowed;
    private readonly int size;

    private SlidingWindow(bool[] windowed, int size)
    {
        this.windowed = windowed;
        this.size = size;
    }

    /// <summary>
    /// Reads <c>attention.sliding_window</c> and <c>attention.sliding_window_pattern</c>: a list of Booleans, or a number n by which every
    /// n-th layer sees everything, and none if it is 0.
    /// </summary>
    /// <param name="loader">The model.</param>
    /// <param name="layers">Layers.</param>
    /// <param name="everyNthIsGlobal">The pattern where the file has none.</param>
    /// <param name="globalFirst">Whether the first of n layers sees everything, not the last.</param>
    /// <param name="defaultSize">Positions where the file does not say; 0 for all.</param>
    /// <exception cref="InvalidModelException">A number makes no sense.</exception>
    public static SlidingWindow Read(ModelLoader loader, int layers, int everyNthIsGlobal, bool globalFirst = false, int defaultSize = 0)
    {
        ArgumentNullException.ThrowIfNull(loader);
        int size = loader.Parameters.Int("attention.sliding_window", defaultSize, 0, int.MaxValue);
        if (loader.Parameters.TryFlags("attention.sliding_window_pattern", layers, out bool[]? flags))
            return new SlidingWindow(flags, size);
        int nth = loader.Parameters.Int("attention.sliding_window_pattern", everyNthIsGlobal, 0, 1 << 20);
        int global = globalFirst ? 0 : nth - 1;
        return new SlidingWindow([.. Enumerable.Range(0, layers).Select(layer => nth == 0 || layer % nth != global)], size);
    }

    /// <summary>The same layers where the size counts both sides of a token, for attention that is not causal: half of it on each.</summary>
    public SlidingWindow OnBothSides() => new(windowed, size == 0 ? 0 : (size / 2) + 1);

    /// <summary>The same layers with another size.</summary>
    /// <param name="other">Positions that a windowed layer sees; 0 for all.</param>
    public SlidingWindow WithSize(int other) => new(windowed, other);

    /// <summary>Whether a layer sees only the last positions.</summary>
    public bool Has(int layer) => size > 0 && windowed[layer];

    /// <summary>How many positions a layer sees; 0 for all.</summary>
    public int Of(int layer) => Has(layer) ? size : 0;
}
