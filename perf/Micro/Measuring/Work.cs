namespace Hearth.Perf.Micro.Measuring;

/// <summary>What one invocation does.</summary>
/// <param name="MultiplyAdds">Multiply-adds; 0 where they are not what it is about.</param>
/// <param name="Bytes">Bytes that it has to read or write once.</param>
public readonly record struct Work(double MultiplyAdds, double Bytes);
