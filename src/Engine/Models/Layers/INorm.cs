namespace Hearth.Engine.Models.Layers;

/// <summary>A norm of each row by itself, as wide as the row.</summary>
public interface INorm : IRowMap;
