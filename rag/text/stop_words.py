"""Words that only hold a sentence together, per language: no question is about them. A lookup.

French, English and the four languages that `stopwordsiso` lacks are listed here, folded and closed-class
only: a longer list would drop words that a question is about. The others are `stopwordsiso`'s.
"""

from __future__ import annotations

from functools import cache

from stopwordsiso import stopwords

from rag.text.normalization import fold, words

STOP_WORDS = {
    language: frozenset(listed.split())
    for language, listed in {
        "fr": """
            a ai as au auquel auxquelles auxquels aux avec avait avaient avoir c ca car ce ceci cela celle
            celles celui ces cet cette ceux combien comment d dans de des desquelles desquels donc dont du
            duquel elle elles en es est et etait etaient etant ete etes etre eu eut fut furent il ils j je l
            la laquelle le lequel les lesquelles lesquels leur leurs lui m ma mais me mes moi mon n ne ni nos
            notre nous on ont or ou par pas pendant plus pour pourquoi puis qu quand que quel quelle quelles
            quelqu'un quelqu'une quels qui quoi s sa sans se sera seront ses si soi soit son sont sous sur t
            ta te tes toi ton tu un une vers vos votre vous y""",
        "en": """
            a am an and are as at be been being but by can could d did do does
            for from had has have he her hers him his how i if in into is
            it its ll m me my no nor not of off on or our ours out over re s she should so t
            than that the their theirs them then there these they this those to too under up ve was we
            were what when where which while who whom whose why will with would you
            your yours""",
        "ne": """
            र मा को का की ले लाई बाट संग सँग पनि छ छन् थियो थिए हो हुन् हुने भएको भएका भने भनेर गरेको गर्ने
            गरी
            यो त्यो यी ती यस त्यस उनी उनले उनको म हामी तिमी तपाईं आफ्नो कि तर वा नै छैन होइन के को कुन कहाँ
            कहिले
            किन कसरी कति कसले जो जुन जब अनि तथा एवं""",
        "sr": """
            a ali ako ja ti on ona ono mi vi oni one me te ga je ju nas vas ih mu joj nam vam im se sebe sam
            si
            smo ste su bio bila bilo bili bile biti bice ce cu ces cemo cete da ne i ili u na o po za od do iz
            sa s k ka pri pred pod nad kroz uz bez kod li kao sto sta ko koji koja koje kojeg kojem kojim
            kojih
            gde kada kad kako zasto koliko ciji cija cije ovaj ova ovo taj ta to onaj moj tvoj njegov njen nas
            vas njihov svoj
            а али ако ја ти он она оно ми ви они оне ме те га је ју нас вас их му јој нам вам им се себе сам
            си
            смо сте су био била било били биле бити биће ће ћу ћеш ћемо ћете да не и или у на о по за од до из
            са с к ка при пред под над кроз уз без код ли као што шта ко који која које којег којем којим
            којих
            где када кад како зашто колико чији чија чије овај ова ово тај та то онај мој твој његов њен наш
            ваш
            њихов свој""",
        "ta": """
            ஒரு இது அது இந்த அந்த எந்த இவை அவை அவர் அவன் அவள் அவர்கள் நான் நாம் நாங்கள் நீ நீங்கள் தான் தன்
            தனது
            என்று என என்ற என்பது என்ன எது எங்கே எப்போது ஏன் எப்படி எத்தனை எவ்வளவு யார் மற்றும் அல்லது ஆனால்
            உள்ள
            உள்ளது இல்லை ஆகும் ஆகிய இருந்து மீது மூலம் வரை உடன் போது பின்னர் மேலும் கூட""",
        "yi": """
            א און אין איז אויף אויך אן אז אבער אדער בין ביי ביז ביסט בלויז דאס דאם דאן דו די דער דעם דעמ דורך
            האבן האט האסט האב הבן ווי ווער וואס וואו ווען ווייל ווייל פארוואס וועט וועלן ווערט זי זיי זיך זיין
            זיינען זענען זאל זאלן איך איר אים אונדז מיר מיט מען מיך נישט ניט נאך נאר פאר פון צו צי קיין קען
            געווען ער עס""",
    }.items()
}


@cache
def stop_words(language: str | None) -> frozenset[str]:
    """Return the folded stop words of a language (ISO 639-1); none for one without a list."""
    if language is None or language in STOP_WORDS:
        return frozenset(word for listed in STOP_WORDS.get(language or "", ()) for word in words(listed))
    listed = {fold(word) for word in stopwords(language)}
    return frozenset(word for word in listed if not word[0].isdigit())
