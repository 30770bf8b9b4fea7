using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Tests.Files.Gguf;

public sealed class GgufMetadataTests
{
    private static readonly GgufMetadata Metadata = new GgufMetadataBuilder("m.gguf")
    {
        ["u8"] = (byte)255,
        ["i8"] = (sbyte)-1,
        ["u32"] = uint.MaxValue,
        ["i32"] = -5,
        ["u64"] = ulong.MaxValue,
        ["i64"] = long.MinValue,
        ["f32"] = 1.5f,
        ["f64"] = 0.1,
        ["f64.huge"] = 1e300,
        ["f64.inf"] = double.PositiveInfinity,
        ["bool"] = true,
        ["str"] = "text",
        ["strs"] = GgufValue.ArrayOf(["a", "b"]),
        ["i64s"] = GgufValue.ArrayOf<long>([1, -2]),
        ["u32s"] = GgufValue.ArrayOf<uint>([1, uint.MaxValue]),
        ["f64s"] = GgufValue.ArrayOf<double>([0.5, 0.1]),
        ["bools"] = GgufValue.ArrayOf<bool>([true, false]),
        ["none"] = GgufValue.ArrayOf<float>([]),
    }.Build();

    [Fact]
    public void Integers_of_any_width_are_read_where_the_value_fits()
    {
        Assert.Equal(255u, Metadata.GetUInt32("u8"));
        Assert.Equal(255, Metadata.GetInt32("u8"));
        Assert.Equal(-1, Metadata.GetInt32("i8"));
        Assert.Equal(-5, Metadata.GetInt32("i32"));
        Assert.Equal(uint.MaxValue, Metadata.GetUInt64("u32"));
        Assert.Equal(ulong.MaxValue, Metadata.GetUInt64("u64"));
        Assert.Equal([1, -2], Metadata.GetInt32Array("i64s"));
    }

    [Theory]
    [InlineData("u64", "'u64' is 18446744073709551615, which does not fit in Int32")]
    [InlineData("u32", "'u32' is 4294967295, which does not fit in Int32")]
    [InlineData("i64", "'i64' is -9223372036854775808, which does not fit in Int32")]
    [InlineData("f32", "'f32' is of type Float32; it should be an integer")]
    [InlineData("str", "'str' is of type String; it should be an integer")]
    [InlineData("bool", "'bool' is of type Bool; it should be an integer")]
    [InlineData("strs", "'strs' is an array of 2 String values; it should be an integer")]
    [InlineData("absent", "'absent' is missing; it should be an integer")]
    public void What_is_no_fitting_integer_is_refused_with_the_reason(string key, string reason)
        => Assert.Equal($"m.gguf: key {reason}.", Assert.Throws<InvalidModelException>(() => Metadata.GetInt32(key)).Message);

    [Theory]
    [InlineData("i8")]
    [InlineData("i32")]
    [InlineData("i64")]
    public void A_negative_number_is_no_unsigned_one(string key)
    {
        Assert.Throws<InvalidModelException>(() => Metadata.GetUInt32(key));
        Assert.Throws<InvalidModelException>(() => Metadata.GetUInt64(key));
    }

    [Fact]
    public void Floats_of_either_width_are_rounded_to_single()
    {
        Assert.Equal(1.5f, Metadata.GetSingle("f32"));
        Assert.Equal(0.1f, Metadata.GetSingle("f64"));
        Assert.Equal(float.PositiveInfinity, Metadata.GetSingle("f64.inf"));
        Assert.Equal([0.5f, 0.1f], Metadata.GetSingleArray("f64s"));
        Assert.Throws<InvalidModelException>(() => Metadata.GetSingle("f64.huge"));
        Assert.Throws<InvalidModelException>(() => Metadata.GetSingle("u8"));
    }

    [Fact]
    public void A_missing_key_gives_the_fallback_but_a_wrong_type_does_not()
    {
        Assert.Equal(7u, Metadata.GetUInt32("absent", 7));
        Assert.Equal(7, Metadata.GetInt32("absent", 7));
        Assert.Equal(7ul, Metadata.GetUInt64("absent", 7));
        Assert.Equal(7f, Metadata.GetSingle("absent", 7));
        Assert.True(Metadata.GetBoolean("absent", true));
        Assert.Equal("x", Metadata.GetString("absent", "x"));
        Assert.False(Metadata.TryGetInt32Array("absent", out _));
        Assert.Throws<InvalidModelException>(() => Metadata.GetUInt32("str", 7));
        Assert.Throws<InvalidModelException>(() => Metadata.GetBoolean("u8", false));
        Assert.Throws<InvalidModelException>(() => Metadata.GetString("u8", ""));
    }

    [Fact]
    public void Arrays_are_read_by_the_kind_of_their_elements()
    {
        Assert.Equal(["a", "b"], Metadata.GetStringArray("strs"));
        Assert.Equal([true, false], Metadata.GetBooleanArray("bools"));
        Assert.Throws<InvalidModelException>(() => Metadata.GetInt32Array("u32s"));
        Assert.Throws<InvalidModelException>(() => Metadata.GetInt32Array("f64s"));
        Assert.Throws<InvalidModelException>(() => Metadata.GetInt32Array("i32"));
        Assert.Throws<InvalidModelException>(() => Metadata.GetStringArray("str"));
        Assert.Throws<InvalidModelException>(() => Metadata.GetSingleArray("i64s"));
    }

    [Fact]
    public void An_empty_array_passes_for_one_of_any_type()
    {
        Assert.Empty(Metadata.GetInt32Array("none"));
        Assert.Empty(Metadata.GetStringArray("none"));
        Assert.Empty(Metadata.GetBooleanArray("none"));
        Assert.Empty(Metadata.GetSingleArray("none"));
    }

    [Fact]
    public void The_text_of_a_value_is_for_people()
    {
        Assert.True(Metadata.TryGetValue("i8", out var value));
        Assert.Equal("-1", value.ToString());
        Assert.True(Metadata.TryGetValue("strs", out value));
        Assert.Equal("[a, b] (2 x String)", value.ToString());
        Assert.Equal("[1, 2, 3, 4, ...] (5 x Int32)", GgufValue.ArrayOf<int>([1, 2, 3, 4, 5]).ToString());
    }

    [Fact]
    public void A_builder_keeps_the_order_and_what_was_built()
    {
        var builder = new GgufMetadataBuilder(Metadata) { ["i32"] = 6, ["new"] = 1u };
        var changed = builder.Build();
        Assert.True(builder.Remove("new"));

        Assert.Equal([.. Metadata.Select(pair => pair.Key), "new"], changed.Select(pair => pair.Key));
        Assert.Equal(6, changed.GetInt32("i32"));
        Assert.Equal(-5, Metadata.GetInt32("i32"));
        Assert.Throws<ArgumentException>(() => builder.Add("i32", 1));
        Assert.Throws<ArgumentException>(() => builder.Add("", 1));
        Assert.Throws<ArgumentException>(() => GgufValue.ArrayOf<decimal>([1]));
    }
}
