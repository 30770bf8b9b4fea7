namespace Hearth.Engine.Quantization;

/// <summary>How far quantising has come.</summary>
/// <param name="Tensor">The tensor that is being written.</param>
/// <param name="DoneBytes">Bytes of the original that are done.</param>
/// <param name="TotalBytes">Bytes of the original.</param>
public readonly record struct QuantizationProgress(string Tensor, long DoneBytes, long TotalBytes);
