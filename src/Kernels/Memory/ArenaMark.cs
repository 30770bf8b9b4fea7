namespace Hearth.Kernels.Memory;

/// <summary>
/// A height of an <see cref="Arena"/>'s stack. Disposing it releases everything rented since: <c>using var mark = arena.Mark();</c>
/// </summary>
public readonly struct ArenaMark : IDisposable
{
    internal ArenaMark(Arena arena, long height)
    {
        Arena = arena;
        Height = height;
    }

    internal Arena Arena { get; }

    internal long Height { get; }

    /// <summary>Releases everything rented since the mark was taken.</summary>
    public void Dispose() => Arena.Release(this);
}
