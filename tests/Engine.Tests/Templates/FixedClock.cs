namespace Hearth.Engine.Tests.Templates;

/// <summary>The moment at which the recorded templates were rendered.</summary>
internal sealed class FixedClock : TimeProvider
{
    public static FixedClock Instance { get; } = new();

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => new(2026, 2, 5, 13, 7, 9, TimeSpan.Zero);
}
