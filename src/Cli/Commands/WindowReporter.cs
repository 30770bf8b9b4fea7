using System.Globalization;
using Hearth.Cli.Rendering;
using Hearth.Engine.Evaluation;

namespace Hearth.Cli.Commands;

/// <summary>Shows how many windows were read, and the figure so far.</summary>
internal sealed class WindowReporter(ProgressLine bar, string figure) : IProgress<PerplexityProgress>
{
    public void Report(PerplexityProgress value)
    {
        string note = double.IsNaN(value.Value) ? "" : string.Create(CultureInfo.InvariantCulture, $", {figure} {value.Value:F4}");
        bar.Report(value.Done, value.Total, $"{value.Done} of {value.Total} windows{note}");
    }
}
