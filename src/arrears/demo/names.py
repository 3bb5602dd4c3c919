"""Parts of names, put together at random: whoever is called so in life is not meant."""

from __future__ import annotations

from random import Random

# Some characters lie outside the Basic Multilingual Plane or in no font of old: people have them.
_SURNAMES_HANS = (
    "林沈陆许郑谢罗梁宋唐韩冯邓曹彭曾萧田董袁潘蒋蔡余杜叶程魏苏吕丁任姚卢钟姜崔谭廖范汪石金贾"
    "韦付白邹孟熊秦邱江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常䶮"
)
_GIVEN_HANS = (
    "安白冰晨楚春丹恩帆芳刚桂涵瀚弘慧嘉健静君凯岚丽林明宁鹏琪晴然瑞珊舒思涛婉伟文曦晓欣修雅妍"
    "毅映宇远月云泽哲珍知子梓䶮堃喆𬱖"
)
_SURNAMES_HANT = (
    "林沈陸許鄭謝羅梁宋唐韓馮鄧曹彭曾蕭田董袁潘蔣蔡余杜葉程魏蘇呂丁任姚盧鍾姜崔譚廖范汪石金賈"
    "韋游簡邱江尹薛賴雷龍黎史陶賀毛顧龔邵萬錢戴嚴莫孔施洪侯"
)
_GIVEN_HANT = (
    "安白冰晨楚春丹恩帆芳剛桂涵瀚弘慧嘉健靜君凱嵐麗林明寧鵬琪晴然瑞珊舒思濤婉偉文曦曉欣修雅妍"
    "毅映宇遠月雲澤哲珍知子梓怡淑玲堃喆𤋮"
)
_DOUBLE_HANS = ("欧阳", "司马", "诸葛", "上官")
_DOUBLE_HANT = ("歐陽", "司馬", "諸葛", "張簡")

_FIRST = (
    "Ada Alma Amos Anahera Beatriz Benicio Carlotta Cedric Dalia Desmond Edda Efrain Fenna "
    "Florian Gideon Greta Hana Hollis Ines Ivo Jolene Jonas Kailani Keoni Lani Leandro Makana "
    "Marisol Nils Noor Odessa Orrin Paloma Quentin Rosalind Rufus Saoirse Silvio Tamsin Thaddeus "
    "Ursula Viggo Wilhelmina Xochitl Yusuf Zora"
)
_LAST = (
    "Abernathy Balakrishnan Castellanos Dunleavy Eklund Fairweather Galloway Haleakala Ibarra "
    "Jankowski Kalani Lindqvist Montoya Nakagawa O'Hara Pemberton Quintero Rasmussen Santangelo "
    "Thibodeaux Uribe Valderrama Whitcombe Xiong Yazzie Zielinski Begaye Cornwell-Reyes "
    "Drăgulescu Fernández Grünwald Kealoha Núñez"
)


def name_of_somebody(chance: Random, language: str) -> str:
    """A full name as it is written by people of this language (`zh-Hans`, `zh-Hant`, anything else Latin)."""
    if language == "zh-Hans":
        return _chinese(chance, _SURNAMES_HANS, _DOUBLE_HANS, _GIVEN_HANS)
    if language == "zh-Hant":
        return _chinese(chance, _SURNAMES_HANT, _DOUBLE_HANT, _GIVEN_HANT)
    return f"{chance.choice(_FIRST.split())} {chance.choice(_LAST.split())}"


def _chinese(chance: Random, surnames: str, double: tuple[str, ...], given: str) -> str:
    surname = chance.choice(double) if chance.random() < 0.02 else chance.choice(surnames)
    return surname + "".join(chance.choice(given) for _ in range(chance.choice((1, 2, 2, 2))))
