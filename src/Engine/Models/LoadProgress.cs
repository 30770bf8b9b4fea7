namespace Hearth.Engine.Models;

/// <summary>How far loading has come.</summary>
/// <param name="LoadedBytes">Bytes of the file that are ready.</param>
/// <param name="TotalBytes">Bytes of all tensors.</param>
public readonly record struct LoadProgress(long LoadedBytes, long TotalBytes);
