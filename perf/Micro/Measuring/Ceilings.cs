namespace Hearth.Perf.Micro.Measuring;

/// <summary>What the machine allowed beside a benchmark, the better of before and after; 0 where it was not probed.</summary>
/// <param name="MultiplyAdds">Multiply-adds a second.</param>
/// <param name="Bytes">Bytes read from memory a second.</param>
public readonly record struct Ceilings(double MultiplyAdds, double Bytes)
{
    /// <summary>The better of both.</summary>
    public Ceilings Or(Ceilings other) => new(Math.Max(MultiplyAdds, other.MultiplyAdds), Math.Max(Bytes, other.Bytes));
}
