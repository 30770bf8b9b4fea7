using System.Collections.Frozen;
using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The filters, by name: Jinja's own and <c>tojson</c> as Hugging Face defines it.</summary>
internal static class FilterCatalog
{
    private static readonly FrozenDictionary<string, Method> Filters = new Dictionary<string, Method>
    {
        ["abs"] = NumberFilters.Abs,
        ["attr"] = SelectionFilters.Attr,
        ["batch"] = SequenceFilters.Batch,
        ["capitalize"] = TextFilters.Capitalize,
        ["center"] = TextFilters.Center,
        ["count"] = SequenceFilters.Length,
        ["d"] = SelectionFilters.Default,
        ["default"] = SelectionFilters.Default,
        ["dictsort"] = SortFilters.DictSort,
        ["e"] = MarkupFilters.Escape,
        ["escape"] = MarkupFilters.Escape,
        ["filesizeformat"] = NumberFilters.FileSizeFormat,
        ["first"] = SequenceFilters.First,
        ["float"] = NumberFilters.Float,
        ["forceescape"] = MarkupFilters.ForceEscape,
        ["format"] = TextFilters.Format,
        ["groupby"] = SortFilters.GroupBy,
        ["indent"] = TextFilters.Indent,
        ["int"] = NumberFilters.Int,
        ["items"] = SequenceFilters.Items,
        ["join"] = TextFilters.Join,
        ["last"] = SequenceFilters.Last,
        ["length"] = SequenceFilters.Length,
        ["list"] = SequenceFilters.List,
        ["lower"] = TextFilters.Lower,
        ["map"] = SelectionFilters.Map,
        ["max"] = SortFilters.Max,
        ["min"] = SortFilters.Min,
        ["pprint"] = PrettyPrint.Filter,
        ["random"] = static (_, _, _) => throw new Fault("'random' would make the prompt differ from one time to the next"),
        ["reject"] = SelectionFilters.Reject,
        ["rejectattr"] = SelectionFilters.RejectAttr,
        ["replace"] = TextFilters.Replace,
        ["reverse"] = SequenceFilters.Reverse,
        ["round"] = NumberFilters.Round,
        ["safe"] = MarkupFilters.Safe,
        ["select"] = SelectionFilters.Select,
        ["selectattr"] = SelectionFilters.SelectAttr,
        ["slice"] = SequenceFilters.Slice,
        ["sort"] = SortFilters.Sort,
        ["string"] = TextFilters.String,
        ["striptags"] = MarkupFilters.StripTags,
        ["sum"] = NumberFilters.Sum,
        ["title"] = TextFilters.Title,
        ["tojson"] = JsonFilter.ToJson,
        ["trim"] = TextFilters.Trim,
        ["truncate"] = TextFilters.Truncate,
        ["unique"] = SequenceFilters.Unique,
        ["upper"] = TextFilters.Upper,
        ["urlencode"] = MarkupFilters.UrlEncode,
        ["urlize"] = static (_, _, _) => throw new Fault("'urlize' makes links for web pages and is not offered for prompts"),
        ["wordcount"] = TextFilters.WordCount,
        ["wordwrap"] = WordWrap.Filter,
        ["xmlattr"] = MarkupFilters.XmlAttributes,
    }.ToFrozenDictionary();

    public static bool Contains(string name) => Filters.ContainsKey(name);

    public static string UnknownMessage(string name) => $"there is no filter '{name}'";

    /// <summary>Applies the filter of that name.</summary>
    public static Value Apply(RenderContext context, string name, Value input, Arguments arguments)
        => Filters.TryGetValue(name, out var filter) ? filter(context, input, arguments) : throw new Fault(UnknownMessage(name));
}
