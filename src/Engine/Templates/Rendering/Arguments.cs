using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Rendering;

/// <summary>The arguments of a call: those by position, then those by name, in the order in which they were written.</summary>
internal readonly record struct Arguments(Value[] Positional, KeyValuePair<string, Value>[] Named)
{
    public static Arguments None { get; } = new([], []);

    /// <summary>The same call without its first <paramref name="count"/> positional arguments.</summary>
    public Arguments Skip(int count) => this with { Positional = Positional[Math.Min(count, Positional.Length)..] };

    /// <summary>Puts the arguments into the places of a function's parameters.</summary>
    /// <param name="function">The function's name, for messages.</param>
    /// <param name="required">How many of the parameters, from the first on, have no default.</param>
    /// <param name="parameters">The parameters' names.</param>
    public BoundArguments Bind(string function, int required, params ReadOnlySpan<string> parameters)
    {
        if (Positional.Length > parameters.Length)
        {
            throw new Fault($"{function}() takes at most {parameters.Length} argument(s) but got {Positional.Length}");
        }

        var values = new Value?[parameters.Length];
        for (int i = 0; i < Positional.Length; i++)
        {
            values[i] = Positional[i];
        }

        foreach (var (name, value) in Named)
        {
            int place = parameters.IndexOf(name);
            if (place < 0)
            {
                throw new Fault($"{function}() got an unexpected keyword argument '{name}'");
            }

            values[place] = values[place] is null
                ? value
                : throw new Fault($"{function}() got multiple values for argument '{name}'");
        }

        for (int i = 0; i < required; i++)
        {
            if (values[i] is null)
            {
                throw new Fault($"{function}() misses its argument '{parameters[i]}'");
            }
        }

        return new BoundArguments(function, values);
    }

    /// <summary>Refuses any argument.</summary>
    public void RefuseAll(string function) => Bind(function, 0);
}
