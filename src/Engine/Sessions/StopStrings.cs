using System.Text;

namespace Hearth.Engine.Sessions;

/// <summary>Lets text through, holds back what may be the beginning of a stop string, and says when one is complete.</summary>
internal sealed class StopStrings
{
    private readonly string[] stops;
    private readonly StringBuilder held = new();

    public StopStrings(IEnumerable<string> stops) => this.stops = [.. stops.Where(stop => stop.Length > 0)];

    /// <summary>Adds text.</summary>
    /// <param name="text">What came.</param>
    /// <param name="stopped">Whether a stop string is complete; what follows it is dropped.</param>
    /// <returns>What can be shown.</returns>
    public string Append(string text, out bool stopped)
    {
        stopped = false;
        return stops.Length == 0 ? text : Filter(text, out stopped);
    }

    /// <summary>What is still held when the text ends otherwise.</summary>
    public string Flush()
    {
        string rest = held.ToString();
        held.Clear();
        return rest;
    }

    private string Filter(string text, out bool stopped)
    {
        held.Append(text);
        string pending = held.ToString();
        int end = stops.Select(stop => pending.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
        stopped = end >= 0;
        int safe = stopped ? end : pending.Length - stops.Max(stop => Overlap(pending, stop));
        held.Clear();
        if (!stopped)
            held.Append(pending, safe, pending.Length - safe);
        return pending[..safe];
    }

    /// <summary>The longest end of the text that is a proper beginning of the stop string.</summary>
    private static int Overlap(string text, string stop)
    {
        for (int length = Math.Min(text.Length, stop.Length - 1); length > 0; length--)
        {
            if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                return length;
        }

        return 0;
    }
}
