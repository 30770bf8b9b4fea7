namespace Hearth.Cli.Rendering;

/// <summary>A little colour for running text, nothing where there should be none.</summary>
internal sealed class Ink(bool enabled)
{
    /// <summary>Paler than the rest: prompts and remarks.</summary>
    public string Dim(string text) => Paint("2", text);

    /// <summary>Stronger than the rest.</summary>
    public string Bold(string text) => Paint("1", text);

    private string Paint(string code, string text) => enabled ? $"\e[{code}m{text}\e[0m" : text;
}
