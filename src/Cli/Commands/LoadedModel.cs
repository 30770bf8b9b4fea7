using Hearth.Engine.Sessions;

namespace Hearth.Cli.Commands;

/// <summary>A model and how long it took to load.</summary>
internal sealed record LoadedModel(HearthModel Model, TimeSpan LoadTime) : IDisposable
{
    public void Dispose() => Model.Dispose();
}
