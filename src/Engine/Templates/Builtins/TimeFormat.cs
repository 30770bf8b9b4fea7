using System.Globalization;
using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>Python's <c>strftime</c> in the C locale.</summary>
internal static class TimeFormat
{
    /// <summary>Writes <paramref name="time"/> as <paramref name="format"/> says.</summary>
    public static string Format(Meter meter, DateTimeOffset time, string format)
    {
        var text = new TextBuilder(meter);
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            // The GNU flag '-' drops the padding.
            i++;
            bool unpadded = format[i] == '-' && i + 1 < format.Length;
            i += unpadded ? 1 : 0;
            string field = Field(time, format[i]);
            text.Append(unpadded && field.Length > 1 ? field.TrimStart('0', ' ') is { Length: > 0 } trimmed ? trimmed : "0" : field);
        }

        return text.ToString();
    }

    private static string Field(DateTimeOffset time, char letter) => letter switch
    {
        'a' => time.ToString("ddd", CultureInfo.InvariantCulture),
        'A' => time.ToString("dddd", CultureInfo.InvariantCulture),
        'b' or 'h' => time.ToString("MMM", CultureInfo.InvariantCulture),
        'B' => time.ToString("MMMM", CultureInfo.InvariantCulture),
        'c' => Composed(time, $"ddd MMM {Field(time, 'e')} HH:mm:ss yyyy"),
        'C' => Padded(time.Year / 100, 2),
        'd' => Padded(time.Day, 2),
        'D' or 'x' => Composed(time, "MM/dd/yy"),
        'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'f' => Padded((int)(time.Ticks % TimeSpan.TicksPerSecond / 10), 6),
        'F' => Composed(time, "yyyy-MM-dd"),
        'G' => Padded(ISOWeek.GetYear(time.DateTime), 4),
        'H' => Padded(time.Hour, 2),
        'I' => Padded(((time.Hour + 11) % 12) + 1, 2),
        'j' => Padded(time.DayOfYear, 3),
        'k' => time.Hour.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'l' => (((time.Hour + 11) % 12) + 1).ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'm' => Padded(time.Month, 2),
        'M' => Padded(time.Minute, 2),
        'n' => "\n",
        'p' => time.Hour < 12 ? "AM" : "PM",
        'P' => time.Hour < 12 ? "am" : "pm",
        'r' => $"{Field(time, 'I')}:{Composed(time, "mm:ss")} {Field(time, 'p')}",
        'R' => Composed(time, "HH:mm"),
        's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'S' => Padded(time.Second, 2),
        't' => "\t",
        'T' or 'X' => Composed(time, "HH:mm:ss"),
        'u' => Padded(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek, 1),
        'U' => Padded((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7, 2),
        'V' => Padded(ISOWeek.GetWeekOfYear(time.DateTime), 2),
        'w' => Padded((int)time.DayOfWeek, 1),
        'W' => Padded((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7, 2),
        'y' => Padded(time.Year % 100, 2),
        'Y' => time.Year.ToString(CultureInfo.InvariantCulture),

        // The time is a naive one in Python, without a zone to print.
        'z' or 'Z' => "",
        '%' => "%",
        _ => $"%{letter}",
    };

    private static string Composed(DateTimeOffset time, string format) => time.ToString(format, CultureInfo.InvariantCulture);

    private static string Padded(int number, int width) => number.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0');
}
