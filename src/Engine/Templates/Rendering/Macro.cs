using Hearth.Engine.Templates.Syntax;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Rendering;

/// <summary>A macro, or the body of a call block: a function from arguments to text that sees the names around its definition.</summary>
internal sealed class Macro(Interpreter interpreter, MacroSignature signature, Statement[] body, Scope definition) : TemplateObject
{
    public override string TypeName => "Macro";

    public override bool IsCallable => true;

    public override string Describe(RenderContext context) => $"<Macro '{signature.Name}'>";

    public override bool TryGetAttribute(RenderContext context, string name, out Value value)
    {
        value = name switch
        {
            "name" => Value.From(signature.Name),
            "arguments" => Value.Tuple(Array.ConvertAll(signature.Parameters, parameter => Value.From(parameter.Name))),
            "catch_kwargs" => Value.From(signature.TakesKwargs),
            "catch_varargs" => Value.From(signature.TakesVarargs),
            "caller" => Value.From(signature.TakesCaller),
            _ => default,
        };
        return !value.IsUndefined;
    }

    public override Value Call(RenderContext context, Arguments arguments)
    {
        var scope = new Scope(definition);
        var named = new List<KeyValuePair<string, Value>>(arguments.Named);
        var parameters = signature.Parameters;
        int given = Math.Min(arguments.Positional.Length, parameters.Length);
        var isSet = new bool[parameters.Length];
        context.Meter.Step(Scope.Cost + ((1L + parameters.Length) * (1 + named.Count)));
        for (int i = 0; i < parameters.Length; i++)
        {
            if (i < given)
            {
                scope.Set(parameters[i].Name, arguments.Positional[i]);
                isSet[i] = true;
            }
            else if (TakeNamed(named, parameters[i].Name, out var value))
            {
                scope.Set(parameters[i].Name, value);
                isSet[i] = true;
            }
        }

        TakeSpecials(context, scope, arguments, named);
        for (int i = 0; i < parameters.Length; i++)
        {
            if (!isSet[i])
            {
                scope.Set(parameters[i].Name, parameters[i].Default is { } otherwise
                    ? interpreter.Evaluate(otherwise, scope)
                    : Value.Undefined($"parameter '{parameters[i].Name}' was not provided"));
            }
        }

        return Value.From(interpreter.Capture(body, scope));
    }

    // A macro takes a caller, extra positional or extra named arguments only if its body reads them.
    private void TakeSpecials(RenderContext context, Scope scope, Arguments arguments, List<KeyValuePair<string, Value>> named)
    {
        if (signature.TakesCaller)
        {
            scope.Set("caller", TakeNamed(named, "caller", out var caller) ? caller : Value.Undefined("no caller is defined"));
        }

        if (signature.TakesKwargs)
        {
            var kwargs = context.NewDictionary();
            named.ForEach(argument => kwargs.Set(Value.From(argument.Key), argument.Value));
            scope.Set("kwargs", Value.From(kwargs));
        }
        else if (named.Count > 0)
        {
            throw new Fault($"macro '{signature.Name}' takes no keyword argument '{named[0].Key}'");
        }

        int expected = signature.Parameters.Length;
        if (signature.TakesVarargs)
        {
            scope.Set("varargs", Value.Tuple(arguments.Skip(expected).Positional));
        }
        else if (arguments.Positional.Length > expected)
        {
            throw new Fault($"macro '{signature.Name}' takes not more than {expected} argument(s)");
        }
    }

    private static bool TakeNamed(List<KeyValuePair<string, Value>> named, string name, out Value value)
    {
        int place = named.FindIndex(argument => argument.Key == name);
        value = place < 0 ? default : named[place].Value;
        if (place >= 0)
        {
            named.RemoveAt(place);
        }

        return place >= 0;
    }
}
