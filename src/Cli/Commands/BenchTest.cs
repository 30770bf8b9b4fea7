namespace Hearth.Cli.Commands;

/// <summary>What one line of the benchmark measures: reading a prompt or generating tokens, behind some tokens already read.</summary>
/// <param name="Prompt">Tokens to read at once; 0 for a test of generation.</param>
/// <param name="Generate">Tokens to generate one by one; 0 for a test of reading.</param>
/// <param name="Depth">Tokens that stand before.</param>
internal sealed record BenchTest(int Prompt, int Generate, int Depth)
{
    /// <summary>llama-bench's name: pp512, tg128, tg128 @ d1024.</summary>
    public string Name => FormattableString.Invariant($"{(Prompt > 0 ? "pp" : "tg")}{Tokens}")
        + (Depth > 0 ? FormattableString.Invariant($" @ d{Depth}") : "");

    /// <summary>Tokens that count.</summary>
    public int Tokens => Prompt > 0 ? Prompt : Generate;

    /// <summary>Positions that the test needs.</summary>
    public int Positions => Depth + Tokens;
}
