using Hearth.Kernels.Compute;

namespace Hearth.Engine.Sparsity;

/// <summary>When tokens are so few that each had better read its own active neurons, one after the other, than all of them all neurons together.</summary>
internal static class FewTokens
{
    // More than these share so few zeros that it never pays.
    private const int Limit = 4;

    /// <inheritdoc cref="CountAlone(Cpu, Rows)"/>
    /// <param name="cpu">What to compute on.</param>
    /// <param name="sets">[n, neurons]: active is what may be.</param>
    public static int CountAlone(Cpu cpu, NeuronSets sets)
    {
        if (cpu.IsMeasuring)
            return Math.Min(sets.Count, Limit);
        if (sets.Count == 1)
            return 1;
        if (sets.Count > Limit)
            return 0;
        int active = 0;
        for (int token = 0; token < sets.Count; token++)
            active += cpu.CountOf(sets, token);
        return active < sets.Neurons ? sets.Count : 0;
    }

    /// <summary>
    /// How many tokens to take one by one: all of them where their active neurons, counted again for each, are fewer than there are neurons; else none. While
    /// memory is counted both ways have to be gone.
    /// </summary>
    /// <param name="cpu">What to compute on.</param>
    /// <param name="gate">[n, neurons]: active is what is not zero or negative.</param>
    public static int CountAlone(Cpu cpu, Rows gate)
    {
        if (cpu.IsMeasuring)
            return Math.Min(gate.Count, Limit);
        if (gate.Count == 1)
            return 1;
        if (gate.Count > Limit)
            return 0;
        int active = 0;
        for (int token = 0; token < gate.Count; token++)
        {
            using var scope = cpu.Scope();
            active += cpu.Active(gate, token).Count;
        }

        return active < gate.Width ? gate.Count : 0;
    }
}
