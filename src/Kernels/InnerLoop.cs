using System.Runtime.CompilerServices;

namespace Hearth.Kernels;

/// <summary>
/// How methods with an inner loop are compiled: fully optimised at their first call, and never into their caller. A caller with
/// several such loops would exhaust the compiler's inlining budget, which leaves calls and memory traffic in place of registers: the
/// products of attention ran at a fifth of their speed, and only once the caller had been recompiled for being hot.
/// </summary>
internal static class InnerLoop
{
    public const MethodImplOptions Options = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
}
