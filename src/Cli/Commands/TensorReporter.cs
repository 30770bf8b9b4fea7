using Hearth.Cli.Rendering;
using Hearth.Engine.Quantization;

namespace Hearth.Cli.Commands;

/// <summary>Shows how much of a file is written, and the tensor that is being written.</summary>
internal sealed class TensorReporter(ProgressLine bar) : IProgress<QuantizationProgress>
{
    public void Report(QuantizationProgress value) => bar.Report(value.DoneBytes, value.TotalBytes, value.Tensor);
}
