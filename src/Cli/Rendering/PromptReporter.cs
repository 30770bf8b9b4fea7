using Hearth.Engine.Sessions;

namespace Hearth.Cli.Rendering;

/// <summary>Shows how far a prompt is read, or texts that are embedded, if that takes longer than a moment. To be disposed before the answer is written.</summary>
internal sealed class PromptReporter(Terminal terminal, TimeSpan? delay = null) : IProgress<PromptProgress>, IDisposable
{
    /// <summary>What takes less is not shown.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(700);

    private readonly ProgressLine line = new(terminal, "reading", delay ?? Moment);

    public void Report(PromptProgress value)
        => line.Report(value.ReadTokens, value.TotalTokens, $"{value.ReadTokens} of {Units.Of(value.TotalTokens, "token")}");

    public void Dispose() => line.Dispose();
}
