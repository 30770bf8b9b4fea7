using Hearth.Kernels.Compute;

namespace Hearth.Engine.Sparsity;

/// <summary>When tokens are so few that each had better read its own active neurons, one after the other, than all of them all neurons together.</summary>
internal static class FewTokens
{
    /// <summary>More than these share so few zeros that it never pays.</summary>
    public const int Limit = 4;

    /// <summary>Whether the active neurons of all tokens, counted again for each, are fewer than there are neurons.</summary>
    /// <param name="cpu">What to compute on.</param>
    /// <param name="gate">[n, neurons]: active is what is not zero or negative.</param>
    public static bool Pay(Cpu cpu, Rows gate)
    {
        if (gate.Count == 1)
            return true;
        int active = 0;
        for (int token = 0; token < gate.Count; token++)
        {
            using var scope = cpu.Scope();
            active += cpu.Active(gate, token).Count;
        }

        return active < gate.Width;
    }
}
