namespace Hearth.Engine.Models.Adapters;

/// <summary>A low-rank adapter to load with a model.</summary>
/// <param name="Path">A GGUF file of type <c>adapter</c>, made for the model's architecture and shapes.</param>
/// <param name="Scale">Factor of what it adds; 0 for nothing at all.</param>
public sealed record LoraFile(string Path, float Scale = 1);
