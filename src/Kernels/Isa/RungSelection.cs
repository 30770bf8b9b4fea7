namespace Hearth.Kernels.Isa;

/// <summary>Chooses the rung: the best one of this machine, or the one that the environment variable <c>HEARTH_ISA</c> names.</summary>
public static class RungSelection
{
    /// <summary>The environment variable that forces a rung.</summary>
    public const string Variable = "HEARTH_ISA";

    /// <summary>The names that the variable takes, from the portable rung up.</summary>
    public static IReadOnlyDictionary<string, Rung> Names { get; } = new Dictionary<string, Rung>(StringComparer.OrdinalIgnoreCase)
    {
        ["scalar"] = Rung.Scalar,
        ["avx2"] = Rung.Avx2,
        ["avxvnni"] = Rung.AvxVnni,
        ["avx512"] = Rung.Avx512,
        ["avx512vnni"] = Rung.Avx512Vnni,
        ["neon"] = Rung.Neon,
        ["neondot"] = Rung.NeonDot,
    };

    /// <summary>Chooses by the environment.</summary>
    /// <exception cref="NotSupportedException">The variable names no rung, or one that this machine does not have.</exception>
    public static KernelSet FromEnvironment() => Named(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Chooses by name; the best rung if there is none.</summary>
    /// <exception cref="NotSupportedException">The name is of no rung, or of one that this machine does not have.</exception>
    public static KernelSet Named(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return KernelSet.Supported[^1];
        string known = string.Join(", ", KernelSet.Supported.Select(set => Name(set.Rung)));
        if (!Names.TryGetValue(name, out var rung))
            throw new NotSupportedException($"{Variable}={name} names no instruction set; this machine has {known}.");
        return KernelSet.Supported.FirstOrDefault(set => set.Rung == rung)
            ?? throw new NotSupportedException($"{Variable}={name} is not supported by this machine with .NET {Environment.Version}, which has {known}.");
    }

    /// <summary>The name of a rung, as the variable takes it.</summary>
    public static string Name(Rung rung) => Names.First(pair => pair.Value == rung).Key;
}
